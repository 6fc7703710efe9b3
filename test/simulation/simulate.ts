/**
 * Lives many seeds of the simulation (see run-scenario.ts) and prints the first one that broke a promise, with what
 * happened in it. The same seed replays to the same step.
 *
 *   npm run simulate -- [--seeds 5000] [--from 1]
 *   npm run simulate -- --seed 4711        one seed, step by step
 */
import { parseArgs } from 'node:util';
import { runSeed, type SeedResult } from './run-scenario.ts';
import type { Step } from './simulated-supervisor.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

const describe = (step: Step): string => {
  const { type, at_ms, ...rest } = step;
  return `${at_ms.toFixed(0).padStart(8)} ms  ${type.padEnd(18)} ${JSON.stringify(rest)}`;
};

const tell = ({ scenario, steps, breaches }: SeedResult, whole: boolean): void => {
  process.stdout.write(`seed ${scenario.seed}: ${JSON.stringify(scenario, forever, 1)}\n`);
  const last_ms = breaches[0]?.at_ms ?? Number.POSITIVE_INFINITY;
  const shown = whole ? steps : steps.filter(({ at_ms }) => at_ms <= last_ms).slice(-40);
  for (const step of shown) process.stdout.write(`${describe(step)}\n`);
  for (const { promise, at_ms, what } of breaches) {
    process.stdout.write(`BROKEN at ${at_ms.toFixed(0)} ms: ${promise}: ${what}\n`);
  }
};

const forever = (_key: string, value: unknown): unknown =>
  value === Number.POSITIVE_INFINITY ? 'forever' : value;

const one = values.seed;
if (one !== undefined) {
  const result = await runSeed(Number(one));
  tell(result, true);
  process.exitCode = result.breaches.length > 0 ? 1 : 0;
} else {
  const from = Number(values.from);
  const seeds = Number(values.seeds);
  const began_ms = performance.now();
  let steps = 0;
  let verdicts = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await runSeed(seed);
    steps += result.steps.length;
    verdicts += result.steps.filter((step) => step.type === 'said' && step.event.type === 'verdict').length;
    if (result.breaches.length > 0) {
      tell(result, false);
      process.exitCode = 1;
      break;
    }
    if (process.stdout.isTTY && seed % 100 === 0)
      process.stdout.write(`\r${seed - from + 1} of ${seeds} seeds `);
  }
  const elapsed_s = (performance.now() - began_ms) / 1000;
  if (process.exitCode !== 1)
    process.stdout.write(
      `${seeds} seeds from ${from}, ${steps} steps, ${verdicts} verdicts, every promise kept; ${(seeds / elapsed_s).toFixed(0)} seeds a second\n`,
    );
}

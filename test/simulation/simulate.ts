/**
 * Lives many seeds of the simulation (README.md beside this file), on every core, and prints the first one that broke
 * a promise: what it came to when it was cut down, and what happened in it. The same seed replays to the same step.
 *
 *   npm run simulate -- [--seeds 5000] [--from 1] [--threads N] [--commit]
 *   npm run simulate -- --seed 4711        one seed, step by step
 *
 * --commit adds one seed that is made of the commit that is checked out.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { scriptOptions } from '../script-options.ts';
import { describeBreach, describeScenario, describeStep } from './describe-scenario.ts';
import { liveInParallel } from './live-in-parallel.ts';
import { runScenario, runSeed, type SeedResult } from './run-scenario.ts';
import { shrink } from './shrink.ts';
import { add, liveSeeds, type Tally } from './tally.ts';

const values = scriptOptions(
  'npm run simulate -- [--seeds 5000] [--from 1] [--threads N] [--commit]\nnpm run simulate -- --seed 4711',
  {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    commit: { type: 'boolean', default: false },
  },
);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const tell = ({ scenario, steps, breaches }: SeedResult, shownSteps: number): void => {
  for (const line of describeScenario(scenario)) say(line);
  const last_ms = breaches[0]?.at_ms ?? Number.POSITIVE_INFINITY;
  for (const step of steps.filter(({ at_ms }) => at_ms <= last_ms).slice(-shownSteps))
    say(describeStep(step));
  for (const breach of breaches) say(describeBreach(breach));
};

/** Prints a broken seed, cut down to what breaks it. */
const tellBroken = async (seed: number): Promise<void> => {
  const { scenario, breaches } = await runSeed(seed);
  const [first] = breaches;
  if (first === undefined) return say(`seed ${seed} broke a promise, and does not any more.`);
  say(`seed ${seed} ${describeBreach(first)}`);
  const least = await shrink(scenario, first.promise);
  say(`Cut down in ${least.lives} lives:`);
  tell(await runScenario(least.scenario), 40);
  say(`The whole of it: npm run simulate -- --seed ${seed}`);
};

/** The first eight hexadecimal digits of the commit; undefined where there is none (an unpacked archive). */
const seedOfCommit = (): number | undefined => {
  try {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' });
    return Number.parseInt(head.slice(0, 8), 16);
  } catch {
    return undefined;
  }
};

const liveMany = async (from: number, count: number): Promise<Tally> => {
  const progress = ({ seeds }: Tally): void => {
    if (process.stdout.isTTY) process.stdout.write(`\r${seeds} of ${count} seeds `);
  };
  const tally = await liveInParallel({ from, count, threads: Number(values.threads) }, progress);
  if (process.stdout.isTTY) process.stdout.write('\r');
  return tally;
};

if (values.seed !== undefined) {
  const result = await runSeed(Number(values.seed));
  tell(result, Number.POSITIVE_INFINITY);
  process.exitCode = result.breaches.length > 0 ? 1 : 0;
} else {
  const began_ms = performance.now();
  const extra = values.commit ? seedOfCommit() : undefined;
  const many = await liveMany(Number(values.from), Number(values.seeds));
  const tally = extra === undefined ? many : add(many, await liveSeeds(extra, 1));
  const elapsed_s = (performance.now() - began_ms) / 1000;
  if (tally.broken !== undefined) {
    await tellBroken(tally.broken);
    process.exitCode = 1;
  } else {
    const mean = (total: number): string => (total / tally.seeds).toFixed(1);
    say(
      `${tally.seeds} seeds kept every promise${extra === undefined ? '' : `, ${extra} of this commit among them`}: ` +
        `a seed has ${mean(tally.steps)} steps, ${mean(tally.queries)} queries, ${mean(tally.kills)} kills, ` +
        `${mean(tally.verdicts)} verdicts, ${(tally.restarts / tally.seeds).toFixed(2)} restarts, ` +
        `${mean(tally.slowed)} slowed queries, ${mean(tally.overrides)} overrides, ${mean(tally.reloads)} reloads; ` +
        `${tally.amongFour} verdicts with four workers busy; ` +
        `${(tally.seeds / elapsed_s).toFixed(0)} seeds a second, ${((tally.seeds / tally.cpu_ms) * 1000).toFixed(0)} a second of one core`,
    );
  }
}

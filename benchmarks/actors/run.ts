/**
 * What does an actor cost? Messages told, questions answered, actors started and ended, in one process and across
 * two: ours beside nact, xstate and comedy, and beside the floor, which is a bare queue here and bare frames over the
 * same socket pair there. Everybody does the same work with messages of the same shape, and a sum is checked at its
 * end. Prints thousands a second: the median of all rounds, the slowest and the fastest, and how many times as many
 * ours are.
 *
 *   node benchmarks/actors/run.ts [--passes 3]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../statistics.ts';
import { contenders } from './contenders.ts';
import type { Rates } from './measure.ts';

const { values } = parseArgs({ options: { passes: { type: 'string', default: '3' } } });
const passes = Number(values.passes);

/** Some write a log; it is not wanted. */
const rates = async (where: string, name: string): Promise<readonly Rates[]> => {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const child = fork(join(import.meta.dirname, 'measure.ts'), [where, name], { stdio: [...stdio] });
  const died = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${where} ${name} ended with ${code ?? signal}`);
  });
  const [measured] = (await Promise.race([once(child, 'message'), died])) as [readonly Rates[]];
  child.disconnect();
  return measured;
};

/** Rates by question and contender. Each pass measures all of them: a machine has good and bad minutes. */
const measureAll = async (where: keyof typeof contenders): Promise<Map<string, Map<string, number[]>>> => {
  const all = new Map<string, Map<string, number[]>>();
  for (let pass = 0; pass < passes; pass += 1) {
    for (const name of Object.keys(contenders[where])) {
      for (const { question, perSecond } of await rates(where, name)) {
        const byName = all.get(question) ?? new Map<string, number[]>();
        all.set(question, byName);
        byName.set(name, [...(byName.get(name) ?? []), ...perSecond]);
      }
    }
  }
  return all;
};

const write = (text: string): void => void process.stdout.write(`${text}\n`);

const thousands = (perSecond: number): string =>
  (perSecond / 1000).toLocaleString('en', { maximumSignificantDigits: 3 });

write(`${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}`);
for (const where of ['inside', 'across'] as const) {
  for (const [question, byName] of await measureAll(where)) {
    write(`\n${question}`);
    const ours = median(byName.get('leash') ?? []);
    for (const [name, perSecond] of byName) {
      const spread = `${thousands(Math.min(...perSecond))} … ${thousands(Math.max(...perSecond))}`;
      const ratio = name === 'leash' ? '' : `ours ${(ours / median(perSecond)).toPrecision(2)} ×`;
      const rate = thousands(median(perSecond)).padStart(8);
      write(`  ${name.padEnd(12)} ${rate} k/s   ${spread.padEnd(20)} ${ratio}`.trimEnd());
    }
  }
}

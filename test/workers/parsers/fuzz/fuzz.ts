/**
 * Gives damaged inputs to every parser of workers/parsers. Each is made of a whole one of the corpus
 * (test/fixtures/corpus) by a seed and its number. An input that makes a parser throw or takes it more than a second is
 * told, kept in the corpus, where a test replays it, and makes the run end with 1.
 *
 *   npm run fuzz:parsers -- [--inputs 1000000] [--seed 1] [--threads N] [--seconds N] [--parser NAME]
 */
import { availableParallelism } from 'node:os';
import { scriptOptions } from '../../../script-options.ts';
import { keepFound } from './corpus.ts';
import { inputsOf } from './draw-input.ts';
import { fuzzInParallel } from './fuzz-in-parallel.ts';
import { fuzzTargets } from './targets.ts';

const usage =
  'npm run fuzz:parsers -- [--inputs 1000000] [--seed 1] [--threads N] [--seconds N] [--parser NAME]';
const values = scriptOptions(usage, {
  inputs: { type: 'string', default: '1000000' },
  seed: { type: 'string', default: '1' },
  threads: { type: 'string', default: String(availableParallelism()) },
  seconds: { type: 'string', default: '86400' },
  parser: { type: 'string' },
});
const { parser } = values;
const seed = Number(values.seed);
const until = Number(values.inputs);
const targets = fuzzTargets.filter(({ name }) => parser === undefined || name === parser);
if (targets.length === 0) {
  process.stderr.write(
    `there is no parser ${parser}; they are ${fuzzTargets.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}

const draw = inputsOf(targets, seed);
const findings = new Map<string, number>();
const from_ms = performance.now();
const inputs = await fuzzInParallel({
  seed,
  until,
  parser,
  threads: Number(values.threads),
  longest_ms: Number(values.seconds) * 1000,
  found: ({ number, finding }) => {
    const { target, bytes } = draw(number);
    const before = findings.get(target.name) ?? 0;
    findings.set(target.name, before + 1);
    // What a parser gives way to comes again and again: the first few tell.
    if (before >= 3) return;
    const path = keepFound(target.name, seed, number, bytes);
    process.stdout.write(
      `\n${finding.kind} in ${target.name}, input ${number}, kept in ${path}\n${finding.message}\n`,
    );
  },
  progress: (count) => {
    if (process.stdout.isTTY) process.stdout.write(`\r${count} of ${until} inputs `);
  },
});
const wall_s = (performance.now() - from_ms) / 1000;
process.stdout.write(
  `\n${inputs} inputs over ${targets.length} parsers with seed ${seed} in ${wall_s.toFixed(0)} s: ` +
    `${findings.size === 0 ? 'none gave way' : [...findings].map(([name, count]) => `${name} ${count} times`).join(', ')}\n`,
);
process.exitCode = findings.size === 0 ? 0 : 1;

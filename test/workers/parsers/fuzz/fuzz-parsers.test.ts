import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { corpusNames, corpusOf } from './corpus.ts';
import { inputsOf } from './draw-input.ts';
import { fuzzTargets, noParsers } from './targets.ts';
import { tryInput } from './try-input.ts';

const parsers = join(import.meta.dirname, '../../../../workers/parsers');

t.test('every file of workers/parsers is fuzzed', async (t) => {
  const reached = [...fuzzTargets.flatMap((target) => target.parsers), ...Object.keys(noParsers)];
  const files = readdirSync(parsers).map((file) => file.replace(/\.ts$/, ''));
  t.strictSame([...new Set(reached)].toSorted(), files.toSorted());
  const names = fuzzTargets.map(({ name }) => name);
  t.strictSame(names.toSorted(), corpusNames(), 'each with a corpus, which has no other');
});

t.test('what is kept in the corpus is read without giving way', async (t) => {
  for (const target of fuzzTargets) {
    for (const { name, bytes } of corpusOf(target.name))
      t.equal(tryInput({ target, bytes }), undefined, `${target.name}/${name}`);
  }
});

t.test('a short run of the fuzzer', async (t) => {
  const draw = inputsOf(fuzzTargets, 1);
  const again = inputsOf(fuzzTargets, 1);
  t.strictSame(draw(4711).bytes, again(4711).bytes, 'an input comes again by seed and number');
  for (let number = 0; number < fuzzTargets.length * 60; number += 1) {
    const input = draw(number);
    const finding = tryInput(input);
    if (finding !== undefined) t.fail(`${input.target.name}, input ${number}: ${finding.message}`);
  }
  t.pass('none gave way');
});

t.test('a parser that throws is found out', async (t) => {
  const bytes = Buffer.alloc(0);
  const read = (): never => {
    throw new TypeError('gave way');
  };
  t.match(tryInput({ target: { name: 'a', parsers: [], read }, bytes }), {
    kind: 'crash',
    message: /gave way/,
  });
});

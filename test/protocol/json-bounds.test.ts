import fc from 'fast-check';
import t from 'tap';
import { isWithinJsonBounds } from '../../protocol/json-bounds.ts';

const within = (text: string, depth: number, values: number): boolean =>
  isWithinJsonBounds(Buffer.from(text), { depth, values });

/** Depth and count as they are bounded: one for the text, one for each bracket, one for each comma. */
const measure = (value: unknown): { depth: number; values: number } => {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 0 };
  const parts = Object.values(value).map(measure);
  const commas = Math.max(0, parts.length - 1);
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    values: parts.reduce((sum, { values }) => sum + values, 1 + commas),
  };
};

t.test('every JSON text is within its own depth and count and not within less', async (t) => {
  const text = fc.oneof(fc.string(), fc.constantFrom('"', '\\', '\\"', '[{', '}],', '\\\\"[['));
  const json = fc.oneof(fc.jsonValue({ maxDepth: 6 }), fc.array(text), fc.dictionary(text, text));
  fc.assert(
    fc.property(json, (value) => {
      const encoded = JSON.stringify(value);
      // Not of JSON.parse(encoded): after an object with the key `\`, V8 of Node 26.10 reads the key `"` as that one.
      const { depth, values } = measure(value);
      if (!within(encoded, depth, values + 1)) return false;
      return (
        (depth === 0 || !within(encoded, depth - 1, values + 1)) &&
        (values === 0 || !within(encoded, depth, values))
      );
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

t.test('text that is no JSON is bounded all the same', async (t) => {
  t.equal(within('"open \\', 1, 9), true, 'a string that never ends is for the parser to refuse');
  t.equal(within('['.repeat(100_000), 4, 1_000_000), false);
  t.equal(within(','.repeat(100_000), 4, 7_000), false);
});

import fc from 'fast-check';
import t from 'tap';
import type { Cell } from '../../../protocol/cell.ts';
import { compareResults } from '../../../supervisor/ledger/differential.ts';
import { escapeBytes, escapeText } from '../../../supervisor/ledger/escape.ts';
import { canonicalTexts, shapeOf } from '../../../supervisor/ledger/rows.ts';

const few = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

const counts = (rows: readonly string[]): ReadonlyMap<string, number> => {
  const counted = new Map<string, number>();
  for (const row of rows) counted.set(row, (counted.get(row) ?? 0) + 1);
  return counted;
};

t.test('a differential is the difference of the multisets, both ways', async (t) => {
  fc.assert(
    fc.property(few, few, (before, after) => {
      const { added, removed } = compareResults(before, after);
      const [old, now, more, less] = [before, after, added, removed].map(counts);
      return ['a', 'b', 'c', 'd'].every((row) => {
        const change = (now?.get(row) ?? 0) - (old?.get(row) ?? 0);
        return (
          (more?.get(row) ?? 0) === Math.max(0, change) && (less?.get(row) ?? 0) === Math.max(0, -change)
        );
      });
    }),
    { numRuns: 2_000 },
  );
  t.pass('fast-check found no counterexample');
});

t.test(
  'what was added comes in the order of the new result, what was removed in that of the old',
  async (t) => {
    const isPartOf = (part: readonly string[], whole: readonly string[]): boolean => {
      let from = 0;
      return part.every((row) => {
        from = whole.indexOf(row, from) + 1;
        return from > 0;
      });
    };
    fc.assert(
      fc.property(few, few, (before, after) => {
        const { added, removed } = compareResults(before, after);
        return isPartOf(added, after) && isPartOf(removed, before);
      }),
      { numRuns: 2_000 },
    );
    t.strictSame(compareResults(['a', 'b', 'c'], ['b', 'c', 'd']), { added: ['d'], removed: ['a'] });
    t.strictSame(compareResults(['a', 'b'], ['b', 'a']), { added: [], removed: [] });
    t.strictSame(compareResults([], ['a', 'a']), { added: ['a', 'a'], removed: [] });
    t.strictSame(compareResults(['a', 'a'], []), { added: [], removed: ['a', 'a'] });
  },
);

const text = fc.string({ unit: fc.constantFrom('a', 'ä', '"', '\\', '\n', '\0', '\u001f', '\ud800', '😀') });
const anyCell: fc.Arbitrary<Cell> = fc.oneof(
  fc.integer(),
  fc.constant(null),
  text,
  fc.record({ int: fc.bigInt().map(String) }),
  fc.record({ real: fc.constantFrom(0.5, 1e300, 'Infinity' as const) }),
  fc.record({ blob: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
);
const name: fc.Arbitrary<string> = fc.constantFrom(
  'b',
  'a',
  '1',
  '10',
  '9',
  '__proto__',
  'toJSON',
  'ä',
  'with "quotes"',
  'B',
);

/** A cell as the canonical text has it, told in the plainest words. */
const canonicalCell = (cell: Cell): string => {
  if (typeof cell === 'string') return JSON.stringify(escapeText(cell.split('\0')[0] ?? ''));
  if (typeof cell === 'object' && cell !== null && 'blob' in cell)
    return JSON.stringify(escapeBytes(Buffer.from(cell.blob, 'base64')));
  return JSON.stringify(cell);
};

t.test('a canonical text is JSON in name order, escaped, whatever names and cells there are', async (t) => {
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 5 }).chain((names) =>
        fc.record({
          names: fc.constant(names),
          rows: fc.array(fc.array(anyCell, { minLength: names.length, maxLength: names.length }), {
            maxLength: 4,
          }),
        }),
      ),
      ({ names, rows }) => {
        const shape = shapeOf(names.map((one) => ({ name: one, type: 'TEXT' })));
        const sorted = [...new Set(names)].sort((one, other) => (one < other ? -1 : 1));
        const expected = rows.map((row) => {
          const member = (one: string): string =>
            `${JSON.stringify(one)}:${canonicalCell(row[names.lastIndexOf(one)] ?? 'none')}`;
          return `{${sorted.map(member).join(',')}}`;
        });
        return expected.every((one, index) => one === canonicalTexts(shape, rows, 'none')[index]);
      },
    ),
    { numRuns: 1_000 },
  );
  t.pass('fast-check found no counterexample');
});

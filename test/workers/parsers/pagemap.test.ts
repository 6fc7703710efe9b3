import fc from 'fast-check';
import t from 'tap';
import { entry_bytes, presentPages } from '../../../workers/parsers/pagemap.ts';

/** Entries with the bit of each page that is there, and other bits of each. */
const entries = (pages: readonly boolean[]): Uint8Array => {
  const bytes = new Uint8Array(pages.length * entry_bytes).fill(0x7f);
  pages.forEach((isPresent, page) => {
    bytes[page * entry_bytes + 7] = isPresent ? 0x80 : 0x40;
  });
  return bytes;
};

t.test('runs of pages that are there', async (t) => {
  const of = (text: string): unknown =>
    presentPages(entries([...text].map((letter) => letter === 'x'))).map(({ first, pages }) => [
      first,
      pages,
    ]);
  t.strictSame(of(''), []);
  t.strictSame(of('..'), []);
  t.strictSame(of('xx'), [[0, 2]]);
  t.strictSame(of('.xx.x..x'), [
    [1, 2],
    [4, 1],
    [7, 1],
  ]);
  t.strictSame(
    presentPages(entries([true, true]).subarray(0, 13)),
    [{ first: 0, pages: 1 }],
    'an entry cut short',
  );
});

t.test('every page that is there is in one run, and no other', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (pages) => {
      const told = presentPages(entries(pages)).flatMap(({ first, pages: count }) =>
        Array.from({ length: count }, (_, index) => first + index),
      );
      t.strictSame(
        told,
        pages.flatMap((isPresent, page) => (isPresent ? [page] : [])),
      );
    }),
  );
});

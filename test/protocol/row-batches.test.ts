import fc from 'fast-check';
import t from 'tap';
import { RowBatches, rowsOfBatch, rowsOfFrames } from '../../protocol/row-batches.ts';

/** Batches of rows with texts that hold newlines, and where each is cut. */
const cutBatches = fc.array(
  fc.record({
    rows: fc.array(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null)))),
    cuts: fc.array(fc.nat(60)),
  }),
);

const framesOf = (rows: readonly unknown[], cuts: readonly number[]): Buffer[] => {
  const text = Buffer.from(`${JSON.stringify(rows)}\n`);
  const places = [0, ...cuts.map((cut) => cut % text.length).toSorted((a, b) => a - b), text.length];
  return places.slice(1).map((to, index) => text.subarray(places[index], to));
};

t.test('batches come out whole, however they were cut', (t) => {
  fc.assert(
    fc.property(cutBatches, (batches) => {
      const frames = batches.flatMap(({ rows, cuts }) => framesOf(rows, cuts));
      const whole = new RowBatches();
      const seen = frames.map((frame) => whole.take(frame)).filter((batch) => batch !== undefined);
      const expected = batches.map(({ rows }) => JSON.parse(JSON.stringify(rows)));
      t.strictSame(seen.map(rowsOfBatch), expected);
      t.strictSame(rowsOfFrames(frames), expected.flat());
    }),
    { numRuns: 200 },
  );
  t.end();
});

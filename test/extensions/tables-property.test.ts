/** Whatever values an extension has, they come out of a query as they went in: wire, worker, SQLite, result. */
import fc from 'fast-check';
import t from 'tap';
import type { Cell } from '../../protocol/cell.ts';
import { bigint, blob, double, integer, text, unsignedBigint } from '../../protocol/table.ts';
import type { DoubleValue } from './table-conduct.ts';
import { startTables, workerWith } from './table-harness.ts';

const columns = {
  i: integer(),
  b: bigint(),
  u: unsignedBigint(),
  d: double(),
  t: text(),
  x: blob(),
};

interface Sent {
  readonly wire: DoubleValue;
  readonly cell: Cell;
}

const whole = (min: bigint, max: bigint): fc.Arbitrary<Sent> =>
  fc.bigInt({ min, max }).map((value) => ({
    wire: String(value),
    cell: Number.isSafeInteger(Number(value)) ? Number(value) : { int: String(value) },
  }));

const sent: Readonly<Record<keyof typeof columns, fc.Arbitrary<Sent>>> = {
  i: whole(-(2n ** 31n), 2n ** 31n - 1n),
  b: whole(-(2n ** 63n), 2n ** 63n - 1n),
  u: whole(0n, 2n ** 63n - 1n),
  d: fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((real) => ({ wire: Object.is(real, -0) ? '-0.0' : String(real), cell: { real } })),
  t: fc.string({ unit: 'binary', maxLength: 40 }).map((value) => ({ wire: value, cell: value })),
  x: fc.uint8Array({ maxLength: 40 }).map((bytes) => {
    const base64 = Buffer.from(bytes).toString('base64');
    return { wire: { base64 }, cell: { blob: base64 } };
  }),
};

const names = Object.keys(columns) as (keyof typeof columns)[];
/** A column that a row does not have is NULL, or '' where its type has no NULL on the wire. */
const absent: Readonly<Record<keyof typeof columns, Cell>> = {
  i: null,
  b: null,
  u: null,
  d: null,
  t: '',
  x: '',
};

const row = fc.record(sent, { requiredKeys: [] });

t.test('rows come back as they were sent', async (t) => {
  const seed = Date.now() | 0;
  t.comment(`seed ${seed}`);
  const tables = fc.sample(fc.array(row, { maxLength: 30 }), { seed, numRuns: 60 });
  const extension = await startTables(
    t,
    Object.fromEntries(
      tables.map((rows, index) => [
        `table_${index}`,
        {
          columns,
          conduct: {
            does: 'rows' as const,
            rows: rows.map((each) =>
              Object.fromEntries(Object.entries(each).map(([name, { wire }]) => [name, wire])),
            ),
          },
        },
      ]),
    ),
  );
  const worker = await workerWith(t, [extension.extension]);
  for (const [index, rows] of tables.entries()) {
    const { cells, failure } = await worker.query(`SELECT * FROM table_${index}`);
    t.equal(failure, undefined);
    const expected = rows.map((each) => names.map((name) => each[name]?.cell ?? absent[name]));
    t.strictSame(cells, expected, `seed ${seed}, table ${index}`);
  }
});

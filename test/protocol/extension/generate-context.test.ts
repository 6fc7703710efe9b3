import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { readContext, type ScanRequest, writeContext } from '../../../protocol/extension/generate-context.ts';
import type { RouteColumn } from '../../../protocol/extension/table-route.ts';
import type { Constraint, ConstraintOperator } from '../../../protocol/table.ts';

const columns: readonly RouteColumn[] = [
  { name: 'pid', column: { type: 'INTEGER' } },
  { name: 'path', column: { type: 'TEXT' } },
  { name: 'size', column: { type: 'UNSIGNED_BIGINT' } },
];

const operators: readonly ConstraintOperator[] = [
  '=',
  '>',
  '<=',
  '<',
  '>=',
  'MATCH',
  'LIKE',
  'GLOB',
  'REGEXP',
];

t.test('a context has the form that osquery sends', (t) => {
  const scan: ScanRequest = {
    constraints: new Map<string, readonly Constraint[]>([
      ['pid', [{ operator: '=', value: 1 }]],
      ['size', [{ operator: '>=', value: 2n ** 63n }]],
    ]),
    columnsUsed: new Set(['path', 'pid']),
  };
  t.equal(
    writeContext(columns, scan),
    '{"constraints":[{"name":"path","list":[],"affinity":"TEXT"},' +
      '{"name":"pid","list":[{"op":2,"expr":"1"}],"affinity":"INTEGER"},' +
      '{"name":"size","list":[{"op":32,"expr":"9223372036854775808"}],"affinity":"UNSIGNED BIGINT"}],' +
      '"colsUsed":["pid","path"],"colsUsedBitset":3}',
  );
  const none = writeContext(columns, { constraints: new Map(), columnsUsed: new Set() });
  t.ok(none.endsWith('"colsUsed":[],"colsUsedBitset":0}'), 'count(*) reads no column');
  t.notMatch(writeContext(columns, { constraints: new Map() }), /colsUsed/, 'all columns');
  const sent = operators.map((operator) => {
    const constraints = new Map([['pid', [{ operator, value: 'x' }]]]);
    return /"op":(\d+)/.exec(writeContext(columns, { constraints }))?.[1];
  });
  t.strictSame(sent, ['2', '4', '8', '16', '32', '64', '65', '66', '67']);
  t.end();
});

t.test('bit 63 stands for all columns from there on', (t) => {
  const wide = Array.from(
    { length: 80 },
    (_, index): RouteColumn => ({ name: `c${index}`, column: { type: 'TEXT' } }),
  );
  const bits = (...used: readonly string[]): string | undefined =>
    /"colsUsedBitset":(\d+)/.exec(
      writeContext(wide, { constraints: new Map(), columnsUsed: new Set(used) }),
    )?.[1];
  t.equal(bits('c62'), String(2n ** 62n));
  t.equal(bits('c63'), String(2n ** 63n));
  t.equal(bits('c70', 'c79', 'c0'), String(2n ** 63n + 1n));
  const read = readContext(wide, `{"constraints":[],"colsUsedBitset":${2n ** 63n + 2n}}`);
  t.strictSame(read.ok && [...(read.value.columnsUsed ?? [])], [
    'c1',
    ...Array.from({ length: 17 }, (_, index) => `c${index + 63}`),
  ]);
  t.end();
});

t.test('what older and other cores send is understood', (t) => {
  const read = (text: string): unknown => {
    const context = readContext(columns, text);
    if (!context.ok) return context.error.reason;
    const { constraints, columnsUsed } = context.value;
    return [Object.fromEntries(constraints), columnsUsed === undefined ? 'all' : [...columnsUsed]];
  };
  const one =
    '{"name":"pid","list":[{"op":"2","expr":"7"},{"op":99,"expr":"1"},{"op":2}],"affinity":"INTEGER"}';
  t.strictSame(read(`{"constraints":[${one}]}`), [{ pid: [{ operator: '=', value: '7' }] }, 'all']);
  t.strictSame(read('{"constraints":[{"name":"gone","list":[{"op":2,"expr":"7"}]}]}'), [{}, 'all']);
  t.strictSame(read('{"constraints":[],"colsUsed":["size"],"colsUsedBitset":1}'), [{}, ['size']]);
  t.strictSame(read('{"colsUsedBitset":5}'), [{}, ['pid', 'size']]);
  t.strictSame(read('{"colsUsedBitset":-1,"constraints":{}}'), [{}, 'all']);
  t.strictSame(read('{}'), [{}, 'all']);
  t.equal(read('[]'), 'not_a_context');
  t.equal(read('{'), 'not_json');
  t.equal(read('['.repeat(50)), 'too_large');
  t.end();
});

const sorted = ({ constraints, columnsUsed }: ScanRequest): unknown => [
  [...constraints].sort(([a], [b]) => (a < b ? -1 : 1)),
  columnsUsed,
];

t.test('every scan survives the wire', (t) => {
  const constraint = fc.record(
    { operator: fc.constantFrom(...operators), value: fc.string({ unit: 'grapheme' }) },
    { noNullPrototype: true },
  );
  const names = columns.map(({ name }) => name);
  const scans = fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...names), fc.array(constraint, { minLength: 1 }))),
      fc.option(fc.subarray(names), { nil: undefined }),
    )
    .map(
      ([constraints, used]): ScanRequest => ({
        constraints: new Map(constraints),
        ...(used === undefined ? {} : { columnsUsed: new Set(used) }),
      }),
    );
  fc.assert(
    fc.property(scans, (scan) => {
      const read = readContext(columns, writeContext(columns, scan));
      return read.ok && isDeepStrictEqual(sorted(read.value), sorted(scan));
    }),
  );
  t.pass('every one of them');
  t.end();
});

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { columnsRequest, generateRequest } from '../../../protocol/extension/plugin-calls.ts';
import { readConfigCall, readDistributedCall } from '../../../protocol/extension/read-plugin-call.ts';
import { readTableCall } from '../../../protocol/extension/read-table-call.ts';
import type { TableRoute } from '../../../protocol/extension/table-route.ts';
import {
  readWriteAnswer,
  type TableWrite,
  type WriteOutcome,
  writeAnswer,
  writeRequest,
} from '../../../protocol/extension/table-writes.ts';

const route: TableRoute = {
  name: 'things',
  columns: [
    { name: 'text', column: { type: 'TEXT' } },
    { name: 'number', column: { type: 'BIGINT' } },
    { name: 'share', column: { type: 'DOUBLE' } },
    { name: 'bytes', column: { type: 'BLOB' } },
  ],
  aliases: [],
  attributes: new Set(),
};

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** As the reader gives it: a number where a double holds it. */
const whole = int64.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const real = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  // JSON does not tell 2.0 from 2 nor -0 from 0; either is a number of a DOUBLE column.
  .filter((value) => !Number.isInteger(value));
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
const values = fc
  .tuple(orNull(fc.string({ unit: 'binary' })), orNull(whole), orNull(real), orNull(fc.string()))
  .map((tuple) => [...tuple]);
const record = { noNullPrototype: true } as const;
const writes: fc.Arbitrary<TableWrite> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), values }, record),
  fc.record({ kind: fc.constant('insert' as const), values, rowid: int64 }, record),
  fc.record({ kind: fc.constant('update' as const), rowid: int64, values }, record),
  fc.record({ kind: fc.constant('delete' as const), rowid: int64 }, record),
);

t.test('a write arrives as it was ordered', async (t) => {
  fc.assert(
    fc.property(writes, (write) => {
      const request = writeRequest(route, write);
      const read = request.ok && readTableCall(route, request.value);
      return isDeepStrictEqual(read, { ok: true, value: { action: 'write', write } });
    }),
    { numRuns: 2000 },
  );
  const moved: TableWrite = { kind: 'update', rowid: 1n, newRowid: 2n, values: ['a', 1, 1.5, null] };
  const request = writeRequest(route, moved);
  t.strictSame(request.ok && readTableCall(route, request.value), {
    ok: true,
    value: { action: 'write', write: moved },
  });
});

t.test('what became of it arrives, too', async (t) => {
  const insert: TableWrite = { kind: 'insert', values: [] };
  const outcomes: readonly WriteOutcome[] = [
    { kind: 'success', rowid: -5n },
    { kind: 'readonly', message: '' },
    { kind: 'constraint', message: 'taken' },
    { kind: 'failure', message: 'zahl ü' },
  ];
  for (const outcome of outcomes) t.strictSame(readWriteAnswer(insert, writeAnswer(outcome)), outcome);
});

const call = (members: Record<string, string>) => new Map(Object.entries(members));

t.test('what is no call is refused with a sentence', async (t) => {
  const row = '["a",1,1.5,null]';
  const wrong: readonly Record<string, string>[] = [
    {},
    { action: 'drop' },
    { action: 'generate', context: '{' },
    { action: 'delete' },
    { action: 'delete', id: 'x' },
    { action: 'update', json_value_array: row },
    { action: 'insert', auto_rowid: 'true', json_value_array: row },
    ...['', '[', '{}', '["a"]', '["a",1,1.5]', '["a",1,1.5,null,2]', '["a",1,1.5,null', '["a" 1,1.5,null]'],
    ...[
      '["a",,1.5,null]',
      '["a",1,1.5,null,]',
      '["a","b",1.5,null]',
      '["a",1,1.5,[1]]',
      '["\\x",1,1.5,null]',
    ],
    ...[
      '["a",1,true,null]',
      '[5,1,1.5,null]',
      '["a",1.5,1.5,null]',
      '["a",1,1.5,{"b":1}]',
      '["a",01x,1.5,null]',
    ],
  ].map((each) => (typeof each === 'string' ? { action: 'insert', json_value_array: each } : each));
  for (const request of wrong) {
    t.match(
      readTableCall(route, call(request)),
      { ok: false, error: { message: /./ } },
      JSON.stringify(request),
    );
  }
  t.strictSame(readTableCall(route, columnsRequest), { ok: true, value: { action: 'columns' } });
  t.match(readTableCall(route, generateRequest('{}')), { ok: true, value: { action: 'generate' } });
  t.match(readConfigCall(call({ action: 'other' })), { ok: false });
  t.match(readDistributedCall(call({})), { ok: false });
});

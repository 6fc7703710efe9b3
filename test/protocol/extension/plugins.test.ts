import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import {
  columnsRequest,
  genConfigRequest,
  generateRequest,
  genPackRequest,
  getQueriesRequest,
  type LogRequest,
  loggerFeaturesRequest,
  logRequest,
  readConfigAnswer,
  readConfigRequest,
  readLoggerFeatures,
  readLogRequest,
  readPackAnswer,
  readQueriesAnswer,
  writeResultsRequest,
} from '../../../protocol/extension/plugin-calls.ts';
import { isSdkSupported } from '../../../protocol/extension/sdk-version.ts';
import type { TableRoute } from '../../../protocol/extension/table-route.ts';
import { readWriteAnswer, type TableWrite, writeRequest } from '../../../protocol/extension/table-writes.ts';
import type { PluginRow } from '../../../protocol/extension/types.ts';

const members = (request: ReadonlyMap<string, string>): unknown => Object.fromEntries(request);
const row = (each: Record<string, string>): PluginRow => new Map(Object.entries(each));

t.test('requests have the members that osquery gives them', (t) => {
  t.strictSame(members(columnsRequest), { action: 'columns' });
  t.strictSame(members(generateRequest('{}')), { action: 'generate', context: '{}' });
  t.strictSame(members(genConfigRequest), { action: 'genConfig' });
  t.strictSame(members(genPackRequest('p', 'v')), { action: 'genPack', name: 'p', value: 'v' });
  t.strictSame(members(getQueriesRequest), { action: 'getQueries' });
  t.strictSame(members(writeResultsRequest('{}')), { action: 'writeResults', results: '{}' });
  t.strictSame(members(loggerFeaturesRequest), { action: 'features' });
  t.strictSame(members(logRequest({ kind: 'snapshot', line: 'x' })), { snapshot: 'x' }, 'a single key');
  t.strictSame(members(logRequest({ kind: 'string', line: 'x', category: 'event' })), {
    string: 'x',
    category: 'event',
  });
  t.end();
});

t.test('what a logger is asked survives the wire', (t) => {
  const text = fc.string();
  const record = { noNullPrototype: true };
  const logs: fc.Arbitrary<LogRequest> = fc.oneof(
    fc.record({ kind: fc.constant('string' as const), line: text, category: text }, record),
    fc.record({ kind: fc.constant('string_batch' as const), lines: text }, record),
    fc.record({ kind: fc.constant('snapshot' as const), line: text }, record),
    fc.record({ kind: fc.constant('init' as const), processName: text, log: text }, record),
    fc.record({ kind: fc.constant('status' as const), log: text }, record),
    fc.record({ kind: fc.constant('event' as const), event: text }, record),
  );
  fc.assert(
    fc.property(logs, (log) => isDeepStrictEqual(readLogRequest(logRequest(log)), { ok: true, value: log })),
  );
  t.strictSame(readLogRequest(loggerFeaturesRequest), { ok: true, value: 'features' });
  t.match(readLogRequest(new Map()), { ok: false });
  t.strictSame([0, 1, 2, 3, 4, -1].map(readLoggerFeatures), [
    { status: false, events: false },
    { status: true, events: false },
    { status: false, events: true },
    { status: true, events: true },
    { status: false, events: false },
    { status: false, events: false },
  ]);
  t.end();
});

t.test('answers of config and distributed plugins', (t) => {
  t.strictSame(readConfigAnswer([row({ a: '{}', b: '{"x":1}' })]), {
    ok: true,
    value: row({ a: '{}', b: '{"x":1}' }),
  });
  t.match(readConfigAnswer([]), { ok: false, error: { reason: 'no_answer' } });
  t.strictSame(readPackAnswer('p', [row({ p: '{"queries":{}}' })]), { ok: true, value: '{"queries":{}}' });
  t.match(readPackAnswer('p', [row({ q: '' })]), { ok: false, error: { reason: 'no_answer' } });
  t.strictSame(readQueriesAnswer([row({ results: '{}' })]), { ok: true, value: '{}' });
  t.match(readQueriesAnswer([row({})]), { ok: false, error: { reason: 'no_answer' } });
  t.strictSame(readConfigRequest(row({ action: 'update', source: 's', data: '{}' })), {
    ok: true,
    value: { action: 'update', source: 's', data: '{}' },
  });
  t.strictSame(readConfigRequest(row({ action: 'option', name: 'n' })), {
    ok: true,
    value: { action: 'option', name: 'n' },
  });
  for (const bad of [{}, { action: 'update', source: 's' }, { action: 'option' }, { action: 'genConfig' }]) {
    t.match(readConfigRequest(row(bad)), { ok: false, error: { reason: 'bad_answer' } });
  }
  t.end();
});

const table: TableRoute = {
  name: 'kv',
  columns: [
    { name: 'key', column: { type: 'TEXT', index: true } },
    { name: 'count', column: { type: 'BIGINT', additional: true } },
    { name: 'ratio', column: { type: 'DOUBLE', additional: true } },
    { name: 'raw', column: { type: 'BLOB', additional: true } },
  ],
  aliases: [],
  attributes: new Set(),
};

t.test('writes', (t) => {
  const sent = (write: TableWrite): unknown => {
    const request = writeRequest(table, write);
    return request.ok ? members(request.value) : request.error.reason;
  };
  const values = ['a"b', 2n ** 62n, 1.5, Buffer.from('x')];
  const json = '["a\\"b",4611686018427387904,1.5,"x"]';
  const context = '{"constraints":[]}';
  t.strictSame(sent({ kind: 'insert', values }), {
    action: 'insert',
    auto_rowid: 'false',
    json_value_array: json,
    context,
  });
  t.strictSame(sent({ kind: 'insert', values, rowid: 5n }), {
    action: 'insert',
    auto_rowid: 'true',
    id: '5',
    json_value_array: json,
    context,
  });
  t.strictSame(sent({ kind: 'update', rowid: 5n, newRowid: 6n, values }), {
    action: 'update',
    id: '5',
    new_id: '6',
    json_value_array: json,
    context,
  });
  t.notMatch(sent({ kind: 'update', rowid: 5n, newRowid: 5n, values }), { new_id: /./ }, 'the same id');
  t.strictSame(sent({ kind: 'delete', rowid: -1n }), { action: 'delete', id: '-1', context });
  t.match(sent({ kind: 'insert', values: ['a', null, undefined, null] }), {
    json_value_array: '["a",null,null,null]',
  });
  t.equal(sent({ kind: 'insert', values: [null, 1, 1, 'x'] }), 'null_in_key');
  t.equal(sent({ kind: 'insert', values: [1, 1, 1, 'x'] }), 'wrong_type');
  t.equal(sent({ kind: 'insert', values: ['a', 1.5, 1, 'x'] }), 'wrong_type');
  t.equal(sent({ kind: 'insert', values: ['a', 1, '1', 'x'] }), 'wrong_type');
  t.equal(sent({ kind: 'update', rowid: 1n, values: ['a'] }), 'wrong_count');
  t.end();
});

t.test('answers to writes', (t) => {
  const insert: TableWrite = { kind: 'insert', values: [] };
  const given: TableWrite = { kind: 'insert', values: [], rowid: 3n };
  const remove: TableWrite = { kind: 'delete', rowid: 3n };
  t.strictSame(readWriteAnswer(insert, [row({ status: 'success', id: '42' })]), {
    kind: 'success',
    rowid: 42n,
  });
  t.match(readWriteAnswer(insert, [row({ status: 'success' })]), { kind: 'failure', message: /id/ });
  t.match(readWriteAnswer(insert, [row({ status: 'success', id: 'x' })]), { kind: 'failure' });
  t.strictSame(readWriteAnswer(given, [row({ status: 'success' })]), { kind: 'success', rowid: undefined });
  for (const status of ['readonly', 'constraint', 'failure'] as const) {
    t.strictSame(readWriteAnswer(remove, [row({ status, message: 'm' })]), { kind: status, message: 'm' });
  }
  t.match(readWriteAnswer(remove, [row({ status: 'fine' })]), { kind: 'failure', message: /"fine"/ });
  t.match(readWriteAnswer(remove, []), { kind: 'failure', message: /0 maps/ });
  t.match(readWriteAnswer(remove, [row({ status: 'success' }), row({})]), {
    kind: 'failure',
    message: /2 maps/,
  });
  t.end();
});

t.test('versions of the SDK', (t) => {
  const supported = ['', '0.0.0', '1.7.7', '1.7.8', '1.8', '1.10.0', '2', '5.12.1', '5.0.0-dirty', '10.0.0'];
  const refused = ['1.7.6', '1.7', '1', '0.9.9', '0.0.1', 'v5', 'new', '-1.0.0'];
  for (const version of supported) t.ok(isSdkSupported(version), version);
  for (const version of refused) t.notOk(isSdkSupported(version), version);
  t.end();
});

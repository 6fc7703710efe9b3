/** The protocol against an implementation that shares nothing with ours: Debian's python3-thrift. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { nodeClock } from '../../platform/node/clock.ts';
import { createExtensionClient } from '../../platform/node/thrift/extension-client.ts';
import { writeContext } from '../../protocol/extension/generate-context.ts';
import {
  columnsRequest,
  genConfigRequest,
  generateRequest,
  getQueriesRequest,
  loggerFeaturesRequest,
  logRequest,
  readConfigAnswer,
  readLoggerFeatures,
  readQueriesAnswer,
} from '../../protocol/extension/plugin-calls.ts';
import { readCell } from '../../protocol/extension/table-cells.ts';
import { binaryColumns, readTableRoute } from '../../protocol/extension/table-route.ts';
import { readWriteAnswer, type TableWrite, writeRequest } from '../../protocol/extension/table-writes.ts';
import { failedResponse, type PluginRequest } from '../../protocol/extension/types.ts';
import { routeSocket } from '../../supervisor/extensions/registry.ts';
import { oneRow, startManager, type TestManager } from './manager-harness.ts';
import { startClient, startExtension, withoutPython } from './python-harness.ts';
import { callBounds, collect, rowBounds, scratch } from './sockets.ts';

const skip = withoutPython();
const client = createExtensionClient(nodeClock);
const quick = ['--interval', '0.2'];

const attached = ({ effects }: TestManager) => {
  const effect = effects.find(({ kind }) => kind === 'attached');
  if (effect === undefined) throw new Error('nothing is registered');
  return effect.registration;
};

t.test('an extension registers, is asked for everything, and is shut down', { skip }, async (t) => {
  const manager = await startManager(t);
  const extension = startExtension(t, manager.path, ['--ping-first']);
  t.strictSame(await extension.until('pinged'), { code: 0, message: 'pong', uuid: 0 });
  t.match(await extension.until('registered'), { code: 0, message: 'OK' });
  t.equal(await extension.until('options'), 1);
  await extension.until('serving');
  const registration = attached(manager);
  const { uuid } = registration;
  const path = routeSocket(registration);
  t.match(await client.call(path, { method: 'ping' }, callBounds), {
    ok: true,
    value: { code: 0, message: 'pong', uuid },
  });
  const call = (registry: string, request: PluginRequest) =>
    client.call(path, { method: 'call', registry, item: 'py_numbers', request }, callBounds);

  const [table] = registration.tables;
  const columns = await call('table', columnsRequest);
  t.strictSame(columns.ok && readTableRoute('py_numbers', columns.value.response, true), {
    ok: true,
    value: table,
  });
  if (table === undefined) return;
  t.match(table, {
    aliases: ['py_numbers_view'],
    columns: [{ column: { required: true, aliases: ['number'] } }],
  });
  const context = writeContext(table.columns, {
    constraints: new Map([['n', [{ operator: '=', value: 5000 }]]]),
    columnsUsed: new Set(['n', 'text']),
  });
  const generate = { registry: 'table', item: 'py_numbers', request: generateRequest(context) };
  const { rows, end } = await collect(
    client.rows(path, generate, rowBounds(5000, 1 << 24, [...binaryColumns(table)])),
  );
  t.match([rows.length, end], [5000, { ok: true }]);
  const last = rows.at(-1);
  t.strictSame(
    table.columns.map(({ name, column }) => readCell(column.type, last?.get(name))),
    [4999, 'zahl ü 4999', Buffer.from([255, 0, 4999 % 256])],
  );

  const writes: readonly TableWrite[] = [
    { kind: 'insert', values: [1, 'a', 'b'] },
    { kind: 'update', rowid: 1n, values: [1, 'a', 'b'] },
    { kind: 'delete', rowid: 1n },
  ];
  const outcomes = [];
  for (const write of writes) {
    const request = writeRequest(table, write);
    const answer = request.ok ? await call('table', request.value) : request;
    outcomes.push(answer.ok && readWriteAnswer(write, answer.value.response));
  }
  t.match(outcomes, [
    { kind: 'success', rowid: 42n },
    { kind: 'constraint', message: 'taken' },
    { kind: 'readonly' },
  ]);

  const config = await call('config', genConfigRequest);
  t.strictSame(config.ok && readConfigAnswer(config.value.response), {
    ok: true,
    value: new Map([['first', '{"options":{"a":1}}']]),
  });
  const features = await call('logger', loggerFeaturesRequest);
  t.strictSame(features.ok && readLoggerFeatures(features.value.status.code), { status: true, events: true });
  t.match(await call('logger', logRequest({ kind: 'snapshot', line: '{}' })), {
    value: { status: { code: 0 } },
  });
  const queries = await call('distributed', getQueriesRequest);
  t.strictSame(queries.ok && readQueriesAnswer(queries.value.response), {
    ok: true,
    value: '{"queries":{}}',
  });
  t.match(await call('nothing', new Map()), {
    ok: true,
    value: { status: { code: 1, message: 'no such plugin' }, response: [] },
  });
  t.match(await client.call(path, { method: 'options' }, callBounds), {
    ok: false,
    error: { reason: 'refused', message: /Unknown function options/ },
  });
  t.strictSame(await client.call(path, { method: 'shutdown' }, callBounds), { ok: true, value: undefined });
  t.equal(await extension.until('ended'), 'shutdown');
  t.equal(await extension.ended(), 0);
});

t.test('ends in every order', { skip }, async (t) => {
  t.test('the extension dies: its route answers nobody, and it can come again', async (t) => {
    const manager = await startManager(t);
    const first = startExtension(t, manager.path);
    await first.until('serving');
    const registration = attached(manager);
    first.kill();
    await first.ended();
    t.match(await client.call(routeSocket(registration), { method: 'ping' }, callBounds), {
      ok: false,
      error: { reason: 'no_listener' },
    });
    manager.manager.tell({ type: 'gone', uuid: registration.uuid });
    await manager.seen('detached', 1);
    const second = startExtension(t, manager.path);
    t.match(await second.until('registered'), { code: 0 });
  });

  t.test('it dies while it is asked', async (t) => {
    const manager = await startManager(t);
    const extension = startExtension(t, manager.path);
    await extension.until('serving');
    const request = generateRequest('{"constraints":[{"name":"n","list":[{"op":2,"expr":"3000000"}]}]}');
    const generate = { registry: 'table', item: 'py_numbers', request };
    const stream = client.rows(routeSocket(attached(manager)), generate, rowBounds(1e7, 1e9));
    const asked = collect(stream);
    await extension.until('called');
    extension.kill();
    t.match((await asked).end, { ok: false, error: { reason: 'hung_up' } });
  });

  t.test('it is not known any more: it leaves with 1', async (t) => {
    const manager = await startManager(t);
    const extension = startExtension(t, manager.path, quick);
    await extension.until('serving');
    manager.manager.tell({ type: 'gone', uuid: attached(manager).uuid });
    t.equal(await extension.until('ended'), 'not registered any more');
    t.equal(await extension.ended(), 1);
  });

  t.test(
    'the manager goes first: its socket and the routes are removed, the extension leaves with 0',
    async (t) => {
      const manager = await startManager(t);
      const extension = startExtension(t, manager.path, quick);
      await extension.until('serving');
      const route = routeSocket(attached(manager));
      t.ok(existsSync(route));
      await manager.door.close();
      await manager.seen('detached', 1);
      t.notOk(existsSync(manager.path));
      t.notOk(existsSync(route));
      t.equal(await extension.until('ended'), 'core is gone');
      t.equal(await extension.ended(), 0);
    },
  );

  t.test('it signs off itself', async (t) => {
    const manager = await startManager(t);
    const extension = startExtension(t, manager.path, ['--deregister']);
    t.match(await extension.until('deregistered'), { code: 0, message: 'OK' });
    t.equal(await extension.ended(), 0);
    t.match(manager.effects, [{ kind: 'attached' }, { kind: 'detached', reason: 'deregistered' }]);
  });

  t.test('it starts before the manager', async (t) => {
    const path = join(scratch(t), 'em');
    const extension = startExtension(t, path, ['--timeout', '30']);
    const manager = await startManager(t);
    await manager.open({ path, kind: 'managed' });
    t.match(await extension.until('registered'), { code: 0 });
  });
});

t.test('extensions that may not register are told why', { skip }, async (t) => {
  const manager = await startManager(t);
  const other = await manager.open({ path: join(scratch(t), 'em'), kind: 'shared' });
  await startExtension(t, manager.path).until('serving');
  const refused = async (...options: readonly string[]): Promise<unknown> => {
    const extension = startExtension(t, other.door.path, options);
    const status = await extension.until('registered');
    t.equal(await extension.ended(), 2);
    return status;
  };
  const failed = (message: string) => ({ code: 1, message, uuid: 0 });
  t.strictSame(await refused(), failed('Duplicate extension registered'));
  t.strictSame(
    await refused('--name', 'old', '--sdk', '1.0.0', '--tables', '["b"]'),
    failed('Incompatible extension SDK version'),
  );
  t.strictSame(
    await refused('--name', 'x', '--tables', '["fine", "processes"]'),
    failed('Failed adding registry: Registry item processes conflicts with another item of the same name.'),
  );
  t.strictSame(
    await refused('--name', 'x', '--tables', '["py_numbers"]'),
    failed('Failed adding registry: Registry item py_numbers conflicts with another item of the same name.'),
  );
  t.strictSame(
    await refused('--name', 'x', '--tables', '[]', '--registry', '{"tabel":{"x":[]}}'),
    failed('Failed adding registry: Unknown registry: tabel'),
  );
  t.equal(manager.effects.length, 1, 'none of it is left');
  const extension = startExtension(t, other.door.path, ['--name', '', '--sdk', '', '--tables', '["fine"]']);
  t.match(await extension.until('registered'), { code: 0 }, 'empty strings are no reason');
});

t.test('a client in Python is served everything', { skip }, async (t) => {
  const manager = await startManager(t);
  const other = await manager.open({ path: join(scratch(t), 'em'), kind: 'shared' });
  const call = startClient(t, manager.path);
  t.strictSame(await call('a', 'ping'), { answer: { code: 0, message: 'pong', uuid: 0 } });
  t.strictSame(await call('a', 'extensions'), { answer: {} });
  t.strictSame(await call('a', 'options'), {
    answer: { verbose: { value: 'false', default_value: 'false', type: 'bool' } },
  });
  const success = { code: 0, message: 'OK', uuid: 0 };
  t.strictSame(await call('b', 'query', { sql: 'SELECT "ü"' }), {
    answer: { status: success, response: [{ sql: 'SELECT "ü"' }] },
  });
  t.strictSame(await call('a', 'getQueryColumns', { sql: 'SELECT 1' }), {
    answer: { status: success, response: [{ sql: 'TEXT' }] },
  });
  t.strictSame(await call('a', 'call', { registry: 'config', item: '', request: { action: 'x' } }), {
    answer: { status: success, response: [{ registry: 'config', item: '' }] },
  });
  t.match(await call('a', 'nothing'), { refused: /Invalid method name: 'nothing'/ });
  t.strictSame(await call('a', 'shutdown'), { answer: null }, 'without effect on the daemon');
  const info = { name: 'from a client', version: '', sdk_version: '', min_sdk_version: '' };
  const registered = await call('a', 'registerExtension', { info, registry: {} });
  const { uuid } = registered.answer as { uuid: number };
  t.ok(uuid > 0 && uuid < 65_536);
  t.strictSame(await call('b', 'extensions'), { answer: { [uuid]: info } });
  const foreign = await call(`c@${other.door.path}`, 'deregisterExtension', { uuid });
  t.match(foreign, { answer: { code: 1, message: 'No extension UUID registered' } }, 'by another door');
  t.strictSame(await call('a', 'close'), { answer: null });
  t.match(await call('b', 'deregisterExtension', { uuid }), { answer: { code: 0 } }, 'by another connection');
  t.match(
    await call('b', 'registerExtension', { info: { ...info, name: 'x'.repeat(200_000) }, registry: {} }),
    {
      error: /.+/,
    },
  );
  t.match(await call('d', 'ping'), { answer: { code: 0 } }, 'the manager lives on');
});

t.test('a query of an extension runs, one that it would wait for itself fails', { skip }, async (t) => {
  const running = Promise.withResolvers<number>();
  const finish = Promise.withResolvers<undefined>();
  const manager = await startManager(t, {
    query: async ({ sql }, id) => {
      if (sql === 'fails') throw new Error('it broke');
      if (sql === 'refused') return failedResponse('no such table: x');
      running.resolve(id);
      await finish.promise;
      return oneRow({ sql });
    },
  });
  const [outer, inner, failing] = [0, 1, 2].map(() => startClient(t, manager.path));
  if (outer === undefined || inner === undefined || failing === undefined) return;
  const outerAnswer = outer('x', 'query', { sql: 'outer' });
  const id = await running.promise;
  manager.manager.tell({ type: 'reading', id, doors: [manager.path] });
  const deeper = await inner('x', 'query', { sql: 'inner' });
  t.match(deeper, { answer: { status: { code: 1 }, response: [] } });
  finish.resolve(undefined);
  t.match(await outerAnswer, { answer: { status: { code: 0 }, response: [{ sql: 'outer' }] } });
  t.match(await inner('x', 'query', { sql: 'again' }), { answer: { status: { code: 0 } } });
  t.match(await failing('x', 'query', { sql: 'fails' }), {
    answer: { status: { code: 1, message: 'it broke' } },
  });
  t.match(await failing('x', 'query', { sql: 'refused' }), {
    answer: { status: { code: 1, message: 'no such table: x' }, response: [] },
  });
});

/** Each example, as it is, against our manager. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  genConfigRequest,
  genPackRequest,
  loggerFeaturesRequest,
  logRequest,
  readConfigAnswer,
  readLoggerFeatures,
  readPackAnswer,
} from '../../../protocol/extension/plugin-calls.ts';
import { startManager } from '../manager-harness.ts';
import { scratch } from '../sockets.ts';
import { ExtensionProcess } from './extension-process.ts';

const example = (name: string): readonly string[] => [
  process.execPath,
  join(import.meta.dirname, `../../../extensions/examples/${name}.ts`),
];

t.test('a table', async (t) => {
  const extension = await ExtensionProcess.start(t, await startManager(t), example('listening'));
  const { rows, status } = await extension.rows('example_services');
  t.equal(status.code, 0);
  const text = existsSync('/etc/services') ? readFileSync('/etc/services', 'utf8') : '';
  t.equal(rows.length, [...text.matchAll(/^[\w.-]+\s+\d+\/tcp/gm)].length);
  const some = await extension.rows('example_services', {
    constraints: new Map([['name', [{ operator: '=', value: 'ssh' }]]]),
    columnsUsed: new Set(['name', 'port']),
  });
  t.ok(some.rows.every((row) => row.get('name') === 'ssh' && row.get('listens') === '0'));
});

t.test('a writable table', async (t) => {
  const extension = await ExtensionProcess.start(t, await startManager(t), example('notes'));
  const write = extension.write.bind(extension, 'example_notes');
  const shown = async () =>
    (await extension.rows('example_notes')).rows.map((row) => Object.fromEntries(row));
  t.strictSame(await write({ kind: 'insert', values: ['first', 3] }), { kind: 'success', rowid: 1n });
  t.strictSame(await write({ kind: 'insert', values: ['far', 1], rowid: 2n ** 62n }), {
    kind: 'success',
    rowid: undefined,
  });
  t.strictSame(await write({ kind: 'update', rowid: 1n, newRowid: 7n, values: ['seventh', 4] }), {
    kind: 'success',
    rowid: undefined,
  });
  t.strictSame(await shown(), [
    { title: 'far', stars: '1', rowid: String(2n ** 62n) },
    { title: 'seventh', stars: '4', rowid: '7' },
  ]);
  t.strictSame(await write({ kind: 'insert', values: ['', 1] }), {
    kind: 'constraint',
    message: 'a note needs a title',
  });
  t.strictSame(await write({ kind: 'delete', rowid: 7n }), { kind: 'success', rowid: undefined });
  t.strictSame(await write({ kind: 'delete', rowid: 7n }), {
    kind: 'failure',
    message: 'there is no note 7',
  });
  t.equal((await shown()).length, 1);
});

t.test('a config plugin', async (t) => {
  const extension = await ExtensionProcess.start(t, await startManager(t), example('config'));
  const sources = readConfigAnswer(
    (await extension.call('config', 'example_config', genConfigRequest)).response,
  );
  t.match(sources.ok && JSON.parse(sources.value.get('main') ?? ''), {
    schedule: { uptime: { interval: 60 } },
    packs: { extra: 'extra' },
  });
  const answer = await extension.call('config', 'example_config', genPackRequest('extra', 'extra'));
  const pack = readPackAnswer('extra', answer.response);
  t.match(pack.ok && JSON.parse(pack.value), { queries: { extra_time: { interval: 3600 } } });
});

t.test('a logger plugin', async (t) => {
  const path = join(scratch(t), 'log');
  const extension = await ExtensionProcess.start(t, await startManager(t), example('logger'), {
    env: { EXAMPLE_LOG: path },
  });
  const call = (request: ReadonlyMap<string, string>) => extension.call('logger', 'example_logger', request);
  t.strictSame(readLoggerFeatures((await call(loggerFeaturesRequest)).status.code), {
    status: true,
    events: false,
  });
  const line = { s: 1, f: 'a.ts', i: 3, m: 'careful' };
  await call(logRequest({ kind: 'init', processName: 'leashd', log: '[]' }));
  await call(logRequest({ kind: 'string', line: '{"a":1}', category: 'event' }));
  await call(logRequest({ kind: 'snapshot', line: '{"b":2}' }));
  await call(logRequest({ kind: 'status', log: JSON.stringify([line]) }));
  t.equal(readFileSync(path, 'utf8'), 'result event: {"a":1}\nsnapshot: {"b":2}\nwarning a.ts:3 careful\n');
  t.match(await call(logRequest({ kind: 'status', log: 'no JSON' })), {
    status: { code: 1, message: /^logger example_logger failed: / },
  });
});

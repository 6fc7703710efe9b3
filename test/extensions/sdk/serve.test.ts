/** The life of an extension that is written with the SDK, as a process against our manager. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  getQueriesRequest,
  readQueriesAnswer,
  writeResultsRequest,
} from '../../../protocol/extension/plugin-calls.ts';
import { readCell } from '../../../protocol/extension/table-cells.ts';
import { startManager } from '../manager-harness.ts';
import { callBounds, scratch } from '../sockets.ts';
import { client, ExtensionProcess, launch } from './extension-process.ts';

const awkward = (name = 'awkward'): readonly string[] => [
  process.execPath,
  join(import.meta.dirname, 'awkward.ts'),
  name,
];

t.test('values of every type, aliases, attributes, and what a scan is told', async (t) => {
  const manager = await startManager(t);
  const extension = await ExtensionProcess.start(t, manager, awkward());
  t.match(extension.registration.info, { name: 'awkward', version: '0.1.0', sdkVersion: /^\d+\.\d+\.\d+$/ });
  const route = extension.table('awk_kinds');
  t.match(route, { aliases: ['awk_other_name'], attributes: new Set(['cacheable']) });
  const { rows } = await extension.rows('awk_kinds', { constraints: new Map() }, ['b']);
  const cells = rows.map((row) =>
    route.columns.map(({ name, column }) => readCell(column.type, row.get(name))),
  );
  t.strictSame(cells, [
    ['zahl ü', -(2n ** 63n), 2n ** 64n - 1n, 0.5, Buffer.from([255, 0, 7]), undefined],
    ['', 5, undefined, undefined, undefined, undefined],
  ]);
  const scan = {
    constraints: new Map([
      ['n', [{ operator: '=', value: 1 } as const, { operator: '>=', value: 2n ** 60n } as const]],
      ['note', [{ operator: 'LIKE', value: 'a%' } as const]],
    ]),
    columnsUsed: new Set(['n']),
  };
  const [told] = (await extension.rows('awk_told', scan)).rows;
  t.strictSame(JSON.parse(String(told?.get('note'))), [
    true,
    false,
    ['1'],
    ['a%'],
    [
      { operator: '=', value: '1' },
      { operator: '>=', value: String(2n ** 60n) },
    ],
    null,
    true,
  ]);
});

t.test('the daemon is asked, and a distributed plugin is called', async (t) => {
  const extension = await ExtensionProcess.start(t, await startManager(t), awkward());
  const answer = await extension.call('distributed', 'awk_distributed', getQueriesRequest);
  t.strictSame(readQueriesAnswer(answer.response), {
    ok: true,
    value: '{"queries":{"one":"SELECT 1"},"accelerate":60}',
  });
  const results = '{"queries":{"one":[{"1":"1"}]},"statuses":{"one":0}}';
  t.equal(
    (await extension.call('distributed', 'awk_distributed', writeResultsRequest(results))).status.code,
    0,
  );
  await client.call(extension.path, { method: 'shutdown' }, callBounds);
  const { code, errors } = await extension.ended();
  t.equal(code, 0);
  t.match(errors, 'results [{"one":[{"1":"1"}]},{"one":0}]');
  t.match(errors, 'started [{"ok":true,"value":[{"sql":"SELECT 1"}]},{"ok":true},"false"]');
});

t.test('errors of plugins and senseless calls become statuses, and the extension lives', async (t) => {
  const extension = await ExtensionProcess.start(t, await startManager(t), awkward());
  const scan = { constraints: new Map(), columnsUsed: new Set(['n']) };
  t.match(await extension.rows('awk_broken', scan), {
    rows: [],
    status: { code: 1, message: 'table awk_broken failed: it broke' },
  });
  t.match((await extension.rows('awk_broken')).status, { message: /is not there for an extension/ });
  t.match(await extension.write('awk_broken', { kind: 'insert', values: [1, 'a'] }), {
    kind: 'failure',
    message: 'table awk_broken failed: it broke, too',
  });
  t.match(await extension.write('awk_slow', { kind: 'delete', rowid: 1n }), {
    kind: 'readonly',
    message: 'table awk_slow takes no DELETE',
  });
  const calls: readonly (readonly [string, string, Record<string, string>])[] = [
    ['table', 'awk_broken', {}],
    ['table', 'awk_broken', { action: 'generate', context: '{' }],
    ['table', 'awk_kinds', { action: 'update', id: '1', json_value_array: '[1' }],
    ['table', 'awk_kinds', { action: 'update', json_value_array: '["t",1,1,1.5,null,null]' }],
    ['table', 'nothing', { action: 'columns' }],
    ['config', '', { action: 'genConfig' }],
    ['distributed', 'awk_distributed', { action: 'writeResults', results: '{' }],
  ];
  for (const [registry, item, request] of calls) {
    const { status } = await extension.call(registry, item, new Map(Object.entries(request)));
    t.match(status, { code: 1, message: /./ }, status.message);
  }
  t.match(await client.call(extension.path, { method: 'extensions' }, callBounds), {
    ok: false,
    error: { reason: 'refused' },
  });
  t.match(await client.call(extension.path, { method: 'ping' }, callBounds), {
    value: { message: 'pong', uuid: extension.registration.uuid },
  });
  extension.child.kill('SIGTERM');
  t.equal((await extension.ended()).errors.match(/careful/g)?.length, 1, 'a warning is told once');
});

t.test('a call that takes its time holds up no other, and an answer has a bound', async (t) => {
  const extension = await ExtensionProcess.start(t, await startManager(t), awkward());
  const { stderr } = extension.child;
  const waits = new Promise<void>((resolve) => {
    stderr?.on('data', (bytes: Buffer) => {
      if (String(bytes).includes('waits')) resolve();
    });
  });
  const waiting = extension.rows('awk_waiting');
  await waits;
  t.match(await client.call(extension.path, { method: 'ping' }, callBounds), { ok: true });
  extension.child.kill('SIGUSR2');
  t.match((await waiting).rows.length, 2);
  const busy = extension.rows('awk_slow');
  t.match(await extension.write('awk_slow', { kind: 'insert', values: [1, ''] }), { kind: 'success' });
  t.match((await busy).status, { code: 0 }, 'what is called meanwhile is heard');
  const endless = extension.rows('awk_slow', {
    constraints: new Map([['n', [{ operator: '=', value: 1 }]]]),
  });
  t.match((await endless).status, { code: 1, message: /more than 134217728 bytes/ });
});

t.test('how it ends', async (t) => {
  t.test('SIGTERM: in order, and its socket is gone', async (t) => {
    const extension = await ExtensionProcess.start(t, await startManager(t), awkward());
    t.ok(existsSync(extension.path));
    extension.child.kill('SIGTERM');
    t.equal((await extension.ended()).code, 0);
    t.notOk(existsSync(extension.path));
  });

  t.test('the manager is gone', async (t) => {
    const manager = await startManager(t);
    const extension = await ExtensionProcess.start(t, manager, awkward());
    await manager.door.close();
    t.equal((await extension.ended()).code, 0);
  });

  t.test('the manager does not know it any more', async (t) => {
    const manager = await startManager(t);
    const extension = await ExtensionProcess.start(t, manager, awkward());
    manager.manager.tell({ type: 'gone', uuid: extension.registration.uuid });
    t.match(await extension.ended(), { code: 1, errors: /does not know this extension any more/ });
  });

  t.test('it is refused', async (t) => {
    const manager = await startManager(t);
    await ExtensionProcess.start(t, manager, awkward());
    const { exit, errors } = launch(t, [...awkward(), '--socket', manager.path], {});
    t.match(await exit, [1]);
    t.match(errors(), 'awkward: ends: the manager refuses: Duplicate extension registered');
  });

  t.test('nobody answers', async (t) => {
    const { exit, errors } = launch(t, [...awkward(), '--socket', join(scratch(t), 'em'), '--timeout=0'], {});
    t.match(await exit, [1]);
    t.match(errors(), /awkward: ends: nobody listens on /);
  });

  t.test('it has no arguments', async (t) => {
    const { exit, errors } = launch(t, awkward(), {});
    t.match(await exit, [1]);
    t.match(errors(), /no manager to register with/);
  });
});

t.test('it waits for a manager that comes later', async (t) => {
  const manager = await startManager(t);
  const late = join(scratch(t), 'em');
  const { child, errors } = launch(t, [...awkward(), '--socket', late, '--timeout', '60', '--verbose'], {});
  await new Promise<void>((resolve) => void child.once('spawn', resolve));
  await manager.open({ path: late, kind: 'managed' });
  await manager.seen('attached', 1);
  t.equal(errors().includes('ends'), false);
});

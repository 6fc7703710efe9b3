import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openManager } from '../../../cli/shell/manager-service.ts';
import type { Reply, ServeOptions } from '../../../platform/extension-wire.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { createExtensionClient } from '../../../platform/node/thrift/extension-client.ts';
import type { ManagerCall } from '../../../protocol/extension/calls.ts';
import { pong, scratch, serving } from '../../extensions/sockets.ts';

const done = { code: 0, message: 'OK', uuid: 0 };

const answer = async (call: ManagerCall): Promise<Reply> => {
  if (call.method === 'getQueryColumns') {
    if (call.sql === 'SELEC') {
      const status = { code: 1, message: 'near "SELEC": syntax error', uuid: 0 };
      return { kind: 'answer', answer: { method: 'getQueryColumns', value: { status, response: [] } } };
    }
    const response = [
      new Map([['pid', 'UNSIGNED BIGINT']]),
      new Map([['name', 'TEXT']]),
      new Map([['odd', 'SHAPE']]),
    ];
    return { kind: 'answer', answer: { method: 'getQueryColumns', value: { status: done, response } } };
  }
  if (call.method !== 'query') return pong;
  const response = [
    new Map([
      ['name', 'init'],
      ['pid', '1'],
    ]),
    new Map([['pid', '2']]),
  ];
  return { kind: 'answer', answer: { method: 'query', value: { status: done, response } } };
};

const opened = async (t: Test, answers: ServeOptions['answer'] = answer) => {
  const path = join(scratch(t), 'shell.em');
  await serving(t, path, { answer: answers });
  const service = await openManager(path, createExtensionClient(nodeClock));
  if (!service.ok) throw new Error(service.error.message);
  return service.value;
};

const collect = () => {
  const seen: unknown[] = [];
  return {
    seen,
    columns: (columns: unknown) => void seen.push(columns),
    rows: (payload: Uint8Array) => void seen.push(JSON.parse(Buffer.from(payload).toString())),
  };
};

t.test('a manager answers with columns in their order, and rows', async (t) => {
  const listener = collect();
  const outcome = await (await opened(t)).query('SELECT 1', listener);
  t.equal(outcome.failure, undefined);
  t.strictSame(listener.seen, [
    [
      { name: 'pid', type: 'UNSIGNED_BIGINT' },
      { name: 'name', type: 'TEXT' },
      { name: 'odd', type: 'UNKNOWN' },
    ],
    [
      ['1', 'init', ''],
      ['2', '', ''],
    ],
  ]);
});

t.test('its refusal is the failure of the query', async (t) => {
  const outcome = await (await opened(t)).query('SELEC', collect());
  t.match(outcome.failure, { reason: 'sql_error', message: 'near "SELEC": syntax error' });
});

t.test('a query that nobody waits for any more is left, and its manager sees that', async (t) => {
  const arrived = Promise.withResolvers<AbortSignal>();
  const service = await opened(t, (call, left) => {
    if (call.method !== 'query') return answer(call);
    arrived.resolve(left);
    return new Promise(() => {});
  });
  const wishes = new AbortController();
  const listener = collect();
  const asked = service.query('slow', listener, { signal: wishes.signal });
  const left = await arrived.promise;
  const told = once(left, 'abort');
  wishes.abort();
  t.match((await asked).failure, { reason: 'cancelled', message: /the connection is closed/ });
  await told;
  t.strictSame(listener.seen, []);
});

t.test('who is no manager is told at once', async (t) => {
  const nobody = await openManager(join(scratch(t), 'nobody'), createExtensionClient(nodeClock));
  t.match(nobody, { ok: false });
});

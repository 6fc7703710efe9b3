import { once } from 'node:events';
import t from 'tap';
import { nodeClock } from '../../../platform/node/clock.ts';
import { createExtensionClient } from '../../../platform/node/thrift/extension-client.ts';
import type { ExtensionResponse } from '../../../protocol/extension/types.ts';
import type { Door } from '../../../supervisor/extensions/check-registration.ts';
import type { AskedSql } from '../../../supervisor/extensions/manager.ts';
import { oneRow, startManager } from '../../extensions/manager-harness.ts';
import { callBounds } from '../../extensions/sockets.ts';

const client = createExtensionClient(nodeClock);

interface StartedQuery extends AskedSql {
  readonly id: number;
  readonly end: () => void;
}

/** Answers each query when the test says so. */
class Queries {
  readonly started: StartedQuery[] = [];
  #awaited: (() => void) | undefined;

  readonly run = (asked: AskedSql, id: number): Promise<ExtensionResponse> =>
    new Promise((resolve) => {
      this.started.push({ ...asked, id, end: () => resolve(oneRow({ sql: asked.sql })) });
      this.#awaited?.();
    });

  async start(number: number): Promise<StartedQuery> {
    for (;;) {
      const query = this.started[number];
      if (query !== undefined) return query;
      await new Promise<void>((resolve) => {
        this.#awaited = resolve;
      });
    }
  }
}

const answered = (value: unknown): unknown => ({ value: { answer: { method: 'query', value } } });

t.test('a query that waits is refused when the running one comes to read its extension', async (t) => {
  const queries = new Queries();
  const manager = await startManager(t, { query: queries.run });
  const one: Door = { path: '/one', kind: 'managed' };
  const other: Door = { path: '/other', kind: 'managed' };
  const ask = (door: Door, sql: string) => manager.ask(door, { method: 'query', sql });
  const first = ask(one, 'first');
  const running = await queries.start(0);
  const second = ask(other, 'second');
  manager.manager.tell({ type: 'reading', id: running.id + 1, doors: [other.path] });
  manager.manager.tell({ type: 'reading', id: running.id, doors: ['elsewhere'] });
  manager.manager.tell({ type: 'reading', id: running.id, doors: [other.path] });
  t.match(await second, answered({ status: { code: 1, message: /reads the tables/ }, response: [] }));
  t.match(await ask(other, 'third'), answered({ status: { code: 1, message: /may not lead/ } }));
  const fourth = ask(one, 'fourth');
  running.end();
  t.match(await first, answered({ status: { code: 0 } }));
  (await queries.start(1)).end();
  t.match(await fourth, answered({ status: { code: 0 } }));
  t.strictSame(
    queries.started.map(({ sql }) => sql),
    ['first', 'fourth'],
  );
});

t.test('whoever answers a query is told that its client hung up', async (t) => {
  const queries = new Queries();
  const { path } = await startManager(t, { query: queries.run });
  const over = new AbortController();
  const asked = client.call(path, { method: 'query', sql: 'long' }, { ...callBounds, over: over.signal });
  const { left, end } = await queries.start(0);
  t.notOk(left.aborted, 'while it waits it is there');
  const told = once(left, 'abort');
  over.abort();
  t.match(await asked, { ok: false });
  await told;
  end();
  const next = client.call(path, { method: 'query', sql: 'next' }, callBounds);
  (await queries.start(1)).end();
  t.match(await next, { value: { status: { code: 0 } } }, 'the lane is free again');
});

t.test('a call that fails inside is answered', async (t) => {
  const broken = async (): Promise<never> => {
    throw new Error('it broke');
  };
  const manager = await startManager(t, { call: broken, query: broken, queryColumns: broken });
  const failed = { ok: true, value: { status: { code: 1, message: 'it broke' }, response: [] } };
  const { path } = manager;
  const call = { method: 'call' as const, registry: 'config', item: '', request: new Map() };
  t.match(await client.call(path, call, callBounds), failed);
  t.match(await client.call(path, { method: 'query', sql: '' }, callBounds), failed);
  t.match(await client.call(path, { method: 'getQueryColumns', sql: '' }, callBounds), failed);
  t.match(
    await client.call(path, { method: 'query', sql: '' }, callBounds),
    failed,
    'the lane is free again',
  );
});

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connectToDaemon } from '../../cli/control-client.ts';
import { listenUnix } from '../../platform/node/unix-socket.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';
import type { UnixConnection } from '../../platform/unix-socket.ts';
import { controlProtocolVersion, type FromDaemon, type ToDaemon } from '../../protocol/control.ts';
import { encodeControl, encodeFrame, FrameDecoder } from '../../protocol/frame.ts';
import { noCost } from '../../protocol/run.ts';

type Reply = (message: ToDaemon, connection: UnixConnection) => void;

const send = (connection: UnixConnection, message: FromDaemon): void =>
  void connection.write(encodeControl(message));

const hello: FromDaemon = {
  type: 'hello',
  protocolVersion: controlProtocolVersion,
  version: '9.9.9',
  pid: 77,
};

/** Says hello, then whatever the test wants. */
const polite =
  (reply: Reply): Reply =>
  (message, connection) =>
    message.type === 'hello' ? send(connection, hello) : reply(message, connection);

/** A server on a real socket that answers each request with `reply`; gives its path and what it was asked. */
const serve = async (t: Test, reply: Reply): Promise<{ path: string; asked: ToDaemon[] }> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-control-'));
  const path = join(directory, 'control.sock');
  const asked: ToDaemon[] = [];
  const server = await listenUnix(path, (connection) => {
    const decoder = new FrameDecoder();
    return {
      received: (bytes) => {
        const frames = decoder.push(bytes);
        if (!frames.ok) throw new Error(frames.error.message);
        for (const { payload } of frames.value) {
          const message = JSON.parse(payload.toString('utf8')) as ToDaemon;
          asked.push(message);
          reply(message, connection);
        }
      },
      drained: () => {},
      closed: () => {},
    };
  });
  if (!server.ok) throw new Error(server.error.message);
  t.teardown(async () => {
    await server.value.close();
    rmSync(directory, { recursive: true });
  });
  return { path, asked };
};

const connected = async (path: string, clock?: SimulatedClock) => {
  const client = await connectToDaemon(path, clock);
  if (!client.ok) throw new Error(client.error.message);
  return client.value;
};

const collect = () => {
  const seen: string[] = [];
  return {
    seen,
    columns: (columns: readonly { name: string }[]) =>
      void seen.push(`columns ${columns.map(({ name }) => name)}`),
    rows: (payload: Uint8Array) => void seen.push(`rows ${Buffer.from(payload)}`),
  };
};

t.test('a query: columns, rows in their order, outcome', async (t) => {
  const { path, asked } = await serve(
    t,
    polite((_message, connection) => {
      send(connection, { type: 'columns', columns: [{ name: 'a', type: 'TEXT' }] });
      connection.write(encodeFrame('rows', Buffer.from('[["1"]]\n')));
      connection.write(encodeFrame('rows', Buffer.from('[["')));
      connection.write(encodeFrame('rows', Buffer.from('2"]]\n')));
      send(connection, { type: 'done', cost: { ...noCost, rows: 2 }, warnings: ['slow'] });
    }),
  );
  const client = await connected(path);
  t.equal(client.daemonVersion, '9.9.9');
  t.equal(client.daemonPid, 77);
  for (const time of ['first', 'second']) {
    const listener = collect();
    const outcome = await client.query(`SELECT ${time}`, listener);
    t.strictSame(listener.seen, ['columns a', 'rows [["1"]]', 'rows [["2"]]'], time);
    t.strictSame(outcome, { cost: { ...noCost, rows: 2 }, warnings: ['slow'] });
  }
  await client.close();
  t.strictSame(
    asked.map(({ type }) => type),
    ['hello', 'query', 'query'],
  );
});

t.test('frames that arrive in pieces', async (t) => {
  const { path } = await serve(t, (message, connection) => {
    const answer: FromDaemon = message.type === 'hello' ? hello : { type: 'denials', denials: [] };
    for (const byte of encodeControl(answer)) connection.write(Buffer.of(byte));
  });
  const client = await connected(path);
  t.strictSame(await client.denials(), { ok: true, value: [] });
  await client.close();
});

t.test('the denylist', async (t) => {
  const { path, asked } = await serve(
    t,
    polite((message, connection) => {
      if (message.type === 'denylist_add' && message.name !== 'hog') {
        return send(connection, { type: 'refused', message: 'no such query' });
      }
      send(connection, { type: 'denylist_changed', records: 3 });
    }),
  );
  const client = await connected(path);
  t.strictSame(await client.clearDenials(), { ok: true, value: 3 });
  t.strictSame(await client.clearDenials('hog'), { ok: true, value: 3 });
  t.match(await client.addDenial('other', 1000), {
    ok: false,
    error: { reason: 'refused', message: 'no such query' },
  });
  t.strictSame(await client.addDenial('hog', 1000), { ok: true, value: 3 }, 'a refusal ends no connection');
  await client.close();
  t.strictSame(asked.slice(1, 3), [{ type: 'denylist_clear' }, { type: 'denylist_clear', name: 'hog' }]);
});

t.test('another version, whoever notices it', async (t) => {
  const refusing = await serve(t, (_message, connection) => {
    send(connection, { type: 'refused', message: 'this daemon speaks version 9' });
    connection.end();
  });
  t.match(await connectToDaemon(refusing.path), {
    ok: false,
    error: { reason: 'version_mismatch', message: 'this daemon speaks version 9' },
  });
  const other = await serve(t, (_message, connection) => send(connection, { ...hello, protocolVersion: 9 }));
  t.match(await connectToDaemon(other.path), {
    ok: false,
    error: { reason: 'version_mismatch', message: /version 9/ },
  });
});

t.test('a daemon that goes away in the middle', async (t) => {
  const { path } = await serve(
    t,
    polite((_message, connection) => {
      send(connection, { type: 'columns', columns: [] });
      connection.end();
    }),
  );
  const client = await connected(path);
  const outcome = await client.query('SELECT 1', collect());
  t.match(outcome.failure, { reason: 'stopping', message: /closed the connection/ });
  t.match(
    await client.status(),
    { ok: false, error: { reason: 'disconnected' } },
    'nor does it answer later',
  );
});

t.test('a peer that speaks something else', async (t) => {
  for (const [what, bytes] of [
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['no JSON', encodeFrame('control', Buffer.from('{'))],
    ['an unknown message', encodeControl({ type: 'surprise' })],
    ['columns without a list', encodeControl({ type: 'columns' })],
    ['an answer to another question', encodeControl({ type: 'denials', denials: [] })],
    ['rows that nobody asked for', encodeFrame('rows', Buffer.from('[]'))],
  ] as const) {
    const { path } = await serve(t, (_message, connection) => void connection.write(bytes));
    t.match(
      await connectToDaemon(path),
      { ok: false, error: { reason: 'broken_protocol', message: /no leashd/ } },
      what,
    );
  }
});

t.test('a peer that accepts and says nothing', async (t) => {
  const clock = new SimulatedClock();
  let asked: () => void = () => {};
  const heard = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { path } = await serve(t, () => asked());
  const client = connectToDaemon(path, clock);
  await heard;
  await clock.advance(10_000);
  t.match(await client, { ok: false, error: { reason: 'no_answer', message: /10 s/ } });
});

t.test('a query may take longer than any deadline', async (t) => {
  const clock = new SimulatedClock();
  let finish: () => void = () => {};
  const { path } = await serve(
    t,
    polite((_message, connection) => {
      finish = () => send(connection, { type: 'done', cost: noCost, warnings: [] });
      send(connection, { type: 'columns', columns: [] });
    }),
  );
  const client = await connected(path, clock);
  let begun: () => void = () => {};
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const outcome = client.query('SELECT 1', { columns: () => begun(), rows: () => {} });
  await running;
  await clock.advance(3_600_000);
  finish();
  t.strictSame(await outcome, { cost: noCost, warnings: [] });
  await client.close();
});

t.test('nobody there, and a path that no socket can have', async (t) => {
  const path = join(tmpdir(), 'leash-no-such-directory', 'control.sock');
  t.notOk(existsSync(path));
  t.match(await connectToDaemon(path), { ok: false, error: { reason: 'no_daemon', message: /leash start/ } });
  const long = `/${'x'.repeat(107)}`;
  t.match(await connectToDaemon(long), {
    ok: false,
    error: { reason: 'path_too_long', message: /108 bytes/ },
  });
});

t.test('a query that is not wanted any more is cancelled on its connection, which goes on', async (t) => {
  const wishes = new AbortController();
  const { path, asked } = await serve(
    t,
    polite((message, connection) => {
      if (message.type === 'query' && asked.length === 2) {
        send(connection, { type: 'columns', columns: [{ name: 'a', type: 'TEXT' }] });
        return;
      }
      const failure = { reason: 'cancelled', message: 'stopped' } as const;
      send(connection, {
        type: 'done',
        cost: noCost,
        warnings: [],
        ...(message.type === 'cancel' ? { failure } : {}),
      });
    }),
  );
  const client = await connected(path);
  const listener = { ...collect(), columns: () => wishes.abort() };
  const outcome = await client.query('SELECT 1', listener, { signal: wishes.signal });
  t.equal(outcome.failure?.message, 'stopped');
  const before = await client.query('SELECT 2', collect(), { signal: AbortSignal.abort() });
  t.equal(before.failure, undefined, 'one that ended before it could be stopped');
  t.strictSame(
    asked.map(({ type }) => type),
    ['hello', 'query', 'cancel', 'query', 'cancel'],
  );
  await client.close();
});

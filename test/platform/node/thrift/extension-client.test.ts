import { join } from 'node:path';
import t from 'tap';
import { nodeClock } from '../../../../platform/node/clock.ts';
import { encodeAnswer, encodeFault } from '../../../../platform/node/thrift/answers.ts';
import { createExtensionClient } from '../../../../platform/node/thrift/extension-client.ts';
import type { Answer, PluginCall } from '../../../../protocol/extension/calls.ts';
import { controlLimits } from '../../../../protocol/extension/wire-limits.ts';
import { callBounds, collect, peer, rowBounds, scratch, serving } from '../../../extensions/sockets.ts';

const client = createExtensionClient(nodeClock);
const generate: PluginCall = {
  registry: 'table',
  item: 'numbers',
  request: new Map([['action', 'generate']]),
};
const success = { code: 0, message: 'OK', uuid: 0 };

const rowsAnswer = (count: number, status = success): Buffer => {
  const response = Array.from({ length: count }, (_, index) => new Map([['n', String(index)]]));
  return encodeAnswer({ method: 'call', value: { status, response } }, 1);
};

/** A peer that answers every call with these bytes and keeps the connection. */
const answering = async (t: Parameters<typeof peer>[0], bytes: Buffer): Promise<string> => {
  const path = join(scratch(t), 'em.1');
  await peer(t, path, (socket) => void socket.once('data', () => socket.write(bytes)));
  return path;
};

t.test('a call has a connection of its own and gives it back', async (t) => {
  const path = join(scratch(t), 'em.1');
  let open = 0;
  let most = 0;
  await peer(t, path, (socket) => {
    open += 1;
    most = Math.max(most, open);
    socket.once('close', () => (open -= 1));
    const answer: Answer = { method: 'ping', value: { code: 0, message: 'pong', uuid: 77 } };
    socket.once('data', () => socket.write(encodeAnswer(answer, 1)));
  });
  for (let round = 0; round < 20; round += 1) {
    t.match(await client.call(path, { method: 'ping' }, callBounds), { ok: true, value: { uuid: 77 } });
  }
  t.ok(most <= 2, `never more than a leaving and a coming one: ${most}`);
});

t.test('every way in which a call fails has its reason', async (t) => {
  const directory = scratch(t);
  const ping = (path: string, deadline_ms = 20_000) =>
    client.call(path, { method: 'ping' }, { ...callBounds, deadline_ms });
  t.match(await ping(join(directory, 'nobody')), { ok: false, error: { reason: 'no_listener' } });
  t.match(await ping(`/${'x'.repeat(108)}`), { ok: false, error: { reason: 'unreachable' } });

  const silent = join(directory, 'silent');
  await peer(t, silent, () => {});
  t.match(await ping(silent, 20), { ok: false, error: { reason: 'deadline' } });

  const leaver = join(directory, 'leaver');
  await peer(t, leaver, (socket) => void socket.once('data', () => socket.end()));
  t.match(await ping(leaver), { ok: false, error: { reason: 'hung_up' } });

  const fault = await answering(t, encodeFault('ping', { type: 1, message: 'no ping here' }, 1));
  t.match(await ping(fault), { ok: false, error: { reason: 'refused', message: /no ping here/ } });

  const status = { code: 0, message: 'pong', uuid: 0 };
  const other = await answering(t, encodeAnswer({ method: 'deregisterExtension', value: status }, 1));
  t.match(await ping(other), { ok: false, error: { reason: 'bad_answer', message: /deregisterExtension/ } });
  const late = await answering(t, encodeAnswer({ method: 'ping', value: status }, 2));
  t.match(await ping(late), { ok: false, error: { reason: 'bad_answer', message: /call 2/ } });
  const call = await answering(t, Buffer.from('800100010000000470696e670000000100', 'hex'));
  t.match(await ping(call), { ok: false, error: { reason: 'bad_answer', message: /type 1/ } });
  const empty = await answering(t, Buffer.from('800100020000000470696e670000000100', 'hex'));
  t.match(await ping(empty), { ok: false, error: { reason: 'bad_answer', message: /missing/ } });
  const text = await answering(t, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
  t.match(await ping(text), { ok: false, error: { reason: 'bad_answer' } });
  const large = await answering(t, Buffer.from('800100020000000470696e67000000010b00017fffffff', 'hex'));
  t.match(await ping(large), { ok: false, error: { reason: 'bytes' } });
});

t.test('shutdown has an empty answer', async (t) => {
  const path = await answering(t, encodeAnswer({ method: 'shutdown', value: undefined }, 1));
  t.strictSame(await client.call(path, { method: 'shutdown' }, callBounds), { ok: true, value: undefined });
});

t.test('rows come in batches as they are sent, and the status at the end', async (t) => {
  const path = await answering(t, rowsAnswer(20_000));
  const { rows, batches, end } = await collect(client.rows(path, generate, rowBounds(20_000, 1 << 24)));
  t.equal(rows.length, 20_000);
  t.ok(batches > 2, `${batches} batches`);
  t.ok(rows.every((row, index) => row.get('n') === String(index)));
  t.strictSame(end, { ok: true, value: success });
});

t.test('rows are the same wherever the stream is cut', async (t) => {
  const path = join(scratch(t), 'em.1');
  const answer = rowsAnswer(3);
  let at = 0;
  await peer(t, path, (socket) => {
    socket.setNoDelay(true);
    const cut = at++;
    socket.once('data', () => {
      socket.write(answer.subarray(0, cut), () => setImmediate(() => socket.write(answer.subarray(cut))));
    });
  });
  for (let cut = 0; cut < answer.length; cut += 1) {
    const { rows, end } = await collect(client.rows(path, generate, rowBounds(3, 1 << 20)));
    if (rows.map((row) => row.get('n')).join() !== '0,1,2' || !end.ok) t.fail(`cut at ${cut}`);
  }
  t.equal(at, answer.length);
});

t.test('bytes that are no text come through where bytes are asked for', async (t) => {
  const path = join(scratch(t), 'em.1');
  const blob = Buffer.from([0xff, 0, 0xc3, 0x28]);
  // Written by hand: a map of one column whose value is no UTF-8.
  const head = rowsAnswer(0).subarray(0, -7);
  const list = Buffer.from([13, 0, 0, 0, 1, 11, 11, 0, 0, 0, 1, 0, 0, 0, 1, 0x62, 0, 0, 0, 4, ...blob, 0, 0]);
  await peer(t, path, (socket) => {
    socket.once('data', () => socket.write(Buffer.concat([head, list])));
  });
  const { rows, end } = await collect(client.rows(path, generate, rowBounds(3, 1 << 20, ['b'])));
  t.strictSame(rows[0]?.get('b'), blob);
  t.match(end, { ok: true });
  const asText = await collect(client.rows(path, generate, rowBounds(3, 1 << 20)));
  t.equal(asText.rows[0]?.get('b'), '\ufffd\0\ufffd(');
});

t.test('the caps of rows and bytes end a stream', async (t) => {
  const path = await answering(t, rowsAnswer(5000));
  const few = await collect(client.rows(path, generate, rowBounds(100, 1 << 20)));
  t.equal(few.rows.length, 100, 'as many as are taken');
  t.match(few.end, { ok: false, error: { reason: 'rows', message: /more than 100 rows/ } });
  const exact = await collect(client.rows(path, generate, rowBounds(5000, 1 << 20)));
  t.match([exact.rows.length, exact.end], [5000, { ok: true }]);
  const small = await collect(client.rows(path, generate, rowBounds(5000, 2000)));
  t.match(small.end, { ok: false, error: { reason: 'bytes' } });
});

t.test('an endless answer is left when its consumer has enough, and waits while it has', async (t) => {
  const path = join(scratch(t), 'em.1');
  const row = Buffer.from([11, 11, 0, 0, 0, 1, 0, 0, 0, 1, 0x6e, 0, 0, 0, 1, 0x30]);
  const chunk = Buffer.concat(Array.from({ length: 3000 }, () => row));
  const hungUp = Promise.withResolvers<undefined>();
  let sent = 0;
  const stalled = Promise.withResolvers<undefined>();
  await peer(t, path, (socket) => {
    socket.once('close', () => hungUp.resolve(undefined));
    const flood = (): void => {
      while (socket.write(chunk)) sent += 1;
      stalled.resolve(undefined);
      socket.once('drain', flood);
    };
    socket.once('data', () => {
      const head = rowsAnswer(0).subarray(0, -7);
      socket.write(Buffer.concat([head, Buffer.from([13, 0x03, 0xff, 0xff, 0xff])]));
      flood();
    });
  });
  const stream = client.rows(path, generate, rowBounds(2 ** 26, 2 ** 31));
  t.match(await stream.next(), { done: false });
  await stalled.promise;
  t.ok(sent * chunk.length < 4 << 20, `${sent} chunks were taken unasked`);
  await stream.return({ ok: true, value: success });
  await hungUp.promise;
});

t.test('a failed call tells its status, a fault its reason', async (t) => {
  const failed = await answering(t, rowsAnswer(0, { code: 1, message: 'no such table', uuid: 0 }));
  const { rows, end } = await collect(client.rows(failed, generate, rowBounds(10, 1 << 20)));
  t.strictSame(rows, []);
  t.strictSame(end, { ok: true, value: { code: 1, message: 'no such table', uuid: 0 } });
  const fault = await answering(t, encodeFault('call', { type: 6, message: 'it broke' }, 1));
  t.match((await collect(client.rows(fault, generate, rowBounds(10, 1 << 20)))).end, {
    ok: false,
    error: { reason: 'refused', message: /it broke/ },
  });
  const bare = await answering(t, Buffer.from('800100020000000463616c6c0000000100', 'hex'));
  t.match((await collect(client.rows(bare, generate, rowBounds(10, 1 << 20)))).end, {
    ok: false,
    error: { reason: 'bad_answer', message: /no status/ },
  });
});

t.test('an extension that dies in the middle of its rows fails the call', async (t) => {
  const path = join(scratch(t), 'em.1');
  const answer = rowsAnswer(5000);
  await peer(t, path, (socket) => {
    socket.once('data', () => socket.end(answer.subarray(0, answer.length - 100)));
  });
  const { rows, end } = await collect(client.rows(path, generate, rowBounds(5000, 1 << 20)));
  t.ok(rows.length > 4000 && rows.length < 5000);
  t.match(end, { ok: false, error: { reason: 'hung_up' } });
});

t.test('our own server takes what our own client sends', async (t) => {
  const path = join(scratch(t), 'em');
  const routes = new Map([['table', new Map([['a', [new Map([['id', 'column']])]]])]]);
  const info = { name: 'x', version: '', sdkVersion: '', minSdkVersion: '' };
  const seen = Promise.withResolvers<unknown>();
  await serving(t, path, {
    answer: async (call) => {
      seen.resolve(call);
      return { kind: 'answer', answer: { method: 'registerExtension', value: { ...success, uuid: 9 } } };
    },
  });
  const call = { method: 'registerExtension' as const, info, routes };
  t.match(await client.call(path, call, { deadline_ms: 20_000, limits: controlLimits }), {
    ok: true,
    value: { uuid: 9 },
  });
  t.strictSame(await seen.promise, call);
});

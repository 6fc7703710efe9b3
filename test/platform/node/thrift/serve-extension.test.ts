import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Clock } from '../../../../platform/clock.ts';
import type { HangUpReason, Reply } from '../../../../platform/extension-wire.ts';
import { nodeClock } from '../../../../platform/node/clock.ts';
import { readAnswer, readFault } from '../../../../platform/node/thrift/answers.ts';
import { CallSession } from '../../../../platform/node/thrift/call-session.ts';
import { encodeCall } from '../../../../platform/node/thrift/calls.ts';
import { MessageScanner } from '../../../../platform/node/thrift/message-scanner.ts';
import { Pace } from '../../../../platform/node/thrift/pace.ts';
import { createExtensionServing } from '../../../../platform/node/thrift/serve-extension.ts';
import { type MessageHead, WireReader } from '../../../../platform/node/thrift/wire-reader.ts';
import { controlLimits } from '../../../../protocol/extension/wire-limits.ts';
import { pong, scratch, serving } from '../../../extensions/sockets.ts';

/** A client that takes one answer after another. */
const connect = async (t: Test, path: string) => {
  const socket: Socket = createConnection({ path });
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  const scanner = new MessageScanner(controlLimits);
  const answer = async (): Promise<{ head: MessageHead; reader: WireReader }> => {
    for (;;) {
      const found = scanner.next();
      if (!found.ok) throw new Error(found.error.message);
      if (found.value === undefined) {
        const [bytes] = (await once(socket, 'data')) as [Buffer];
        scanner.push(bytes);
        continue;
      }
      const reader = new WireReader(scanner.window.slice(scanner.messageStart, found.value));
      scanner.finish();
      return { head: reader.head(), reader };
    }
  };
  return { socket, answer };
};

const hangUps = (): {
  readonly first: Promise<string>;
  hungUp: (reason: HangUpReason, message: string) => void;
} => {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { first: promise, hungUp: (reason) => resolve(reason) };
};

t.test('several calls on one connection are answered in order, with their ids', async (t) => {
  const path = join(scratch(t), 'em');
  await serving(t, path);
  const client = await connect(t, path);
  const ids = [5, -7, 0, 2 ** 31 - 1];
  client.socket.write(Buffer.concat(ids.map((id) => encodeCall({ method: 'ping' }, id))));
  for (const id of ids) {
    const { head, reader } = await client.answer();
    t.strictSame(head, { name: 'ping', type: 2, sequenceId: id });
    t.strictSame(readAnswer('ping', reader), { code: 0, message: 'pong', uuid: 0 });
  }
});

t.test('an unknown method is answered with a fault, and the connection goes on', async (t) => {
  const path = join(scratch(t), 'em');
  await serving(t, path);
  const client = await connect(t, path);
  const call = encodeCall({ method: 'ping' }, 3);
  const unknown = Buffer.from(call);
  unknown.write('pong', 8);
  const reply = Buffer.from(call);
  reply[3] = 2;
  const wrong = Buffer.from([
    ...encodeCall({ method: 'call', registry: '', item: '', request: new Map() }, 4).subarray(0, -7),
    ...[8, 8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0],
  ]);
  client.socket.write(Buffer.concat([unknown, reply, wrong, call]));
  const first = await client.answer();
  t.strictSame(first.head, { name: 'pong', type: 3, sequenceId: 3 });
  t.strictSame(readFault(first.reader), { type: 1, message: "Invalid method name: 'pong'" });
  const second = await client.answer();
  t.strictSame(readFault(second.reader), { type: 2, message: 'a message of type 2 is no call' });
  const third = await client.answer();
  t.strictSame(third.head, { name: 'call', type: 3, sequenceId: 4 });
  t.match(readFault(third.reader), { type: 7, message: /a map has types 8 and 8/ });
  t.equal((await client.answer()).head.type, 2);
});

t.test('a call waits for the answer of the one before it', async (t) => {
  const path = join(scratch(t), 'em');
  const asked: string[] = [];
  const arrived = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<Reply>();
  await serving(t, path, {
    answer: (call) => {
      asked.push(call.method);
      arrived.resolve(undefined);
      return call.method === 'query' ? release.promise : Promise.resolve(pong);
    },
  });
  const client = await connect(t, path);
  client.socket.write(encodeCall({ method: 'query', sql: 'SELECT 1' }, 1));
  await arrived.promise;
  client.socket.write(encodeCall({ method: 'ping' }, 2));
  const other = await connect(t, path);
  other.socket.write(encodeCall({ method: 'ping' }, 3));
  t.equal((await other.answer()).head.sequenceId, 3, 'another connection does not wait');
  t.strictSame(asked, ['query', 'ping']);
  release.resolve({
    kind: 'answer',
    answer: { method: 'query', value: { status: { code: 0, message: 'OK', uuid: 0 }, response: [] } },
  });
  t.equal((await client.answer()).head.sequenceId, 1);
  t.equal((await client.answer()).head.sequenceId, 2);
});

t.test('a flood is read at the pace of its socket, to its last message', async (t) => {
  const path = join(scratch(t), 'em');
  const delays: number[] = [];
  const clock: Clock = {
    ...nodeClock,
    after: (delay_ms, fire) => {
      // Only a pause for the pace is this short.
      if (delay_ms > 1000) return nodeClock.after(delay_ms, fire);
      delays.push(delay_ms);
      return nodeClock.after(0, fire);
    },
  };
  const server = await createExtensionServing(clock).serve({
    path,
    directory: 'private',
    limits: controlLimits,
    maxConnections: 8,
    idle_ms: 60_000,
    message_ms: 60_000,
    pace_bytes_per_s: 50_000,
    answer: async () => pong,
    hungUp: () => {},
  });
  if (!server.ok) throw new Error(server.error.message);
  t.teardown(() => server.value.close());
  const client = await connect(t, path);
  client.socket.write(
    Buffer.concat(Array.from({ length: 60 }, (_, id) => encodeCall({ method: 'ping' }, id))),
  );
  for (let id = 0; id < 60; id += 1) t.equal((await client.answer()).head.sequenceId, id);
  t.ok(
    delays.length >= 8,
    `${delays.length} pauses for 60 messages, of which 50 are within the first second`,
  );
});

t.test('a flood of connections is held to the same pace', async (t) => {
  const path = join(scratch(t), 'em');
  const held: (() => void)[] = [];
  const enough = Promise.withResolvers<undefined>();
  const clock: Clock = {
    ...nodeClock,
    after: (delay_ms, fire) => {
      if (delay_ms > 30_000) return nodeClock.after(delay_ms, fire);
      if (held.push(fire) === 10) enough.resolve(undefined);
      return { cancel: () => {} };
    },
  };
  let asked = 0;
  const server = await createExtensionServing(clock).serve({
    path,
    directory: 'private',
    limits: controlLimits,
    maxConnections: 100,
    idle_ms: 60_000,
    message_ms: 60_000,
    pace_bytes_per_s: 20_000,
    answer: async () => {
      asked += 1;
      return pong;
    },
    hungUp: () => {},
  });
  if (!server.ok) throw new Error(server.error.message);
  t.teardown(() => server.value.close());
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect(t, path)));
  for (const { socket } of clients) socket.write(encodeCall({ method: 'ping' }, 4));
  await enough.promise;
  t.ok(asked < 15, `${asked} of 20 were answered before time passed`);
  const release = setInterval(() => {
    for (const fire of held.splice(0)) fire();
  }, 1);
  t.teardown(() => clearInterval(release));
  for (const client of clients) t.equal((await client.answer()).head.sequenceId, 4);
});

t.test('a pace gives back what time has earned, a second of it at most', (t) => {
  const pace = new Pace(1000, 0);
  t.equal(pace.spend(1000, 0), 0);
  t.equal(pace.spend(1, 0), 1);
  t.equal(pace.spend(499, 0), 500);
  t.equal(pace.spend(0, 400), 100);
  t.equal(pace.spend(0, 500), 0);
  t.equal(pace.spend(1000, 10_000), 0);
  t.equal(pace.spend(10, 10_000), 10);
  t.end();
});

t.test('what comes although nothing is read waits for its turn', async (t) => {
  const asked: string[] = [];
  const answers: ((reply: Reply) => void)[] = [];
  const written: Buffer[] = [];
  const turns: (() => void)[] = [];
  const session = new CallSession(
    {
      write: (bytes) => written.push(Buffer.from(bytes)) > 0,
      end: () => {},
      destroy: () => {},
      pause: () => {},
      resume: () => {},
    },
    {
      clock: { ...nodeClock, after: () => ({ cancel: () => {} }), soon: (fire) => void turns.push(fire) },
      pace: new Pace(1e9, 0),
      limits: controlLimits,
      idle_ms: 1,
      message_ms: 1,
      answer: (call) => {
        asked.push(call.method);
        return new Promise((resolve) => answers.push(resolve));
      },
      hungUp: () => {},
      ended: () => {},
    },
  );
  session.received(encodeCall({ method: 'ping' }, 1));
  session.received(encodeCall({ method: 'options' }, 2));
  t.strictSame(asked, ['ping'], 'one at a time');
  answers[0]?.(pong);
  await Promise.resolve();
  turns[0]?.();
  t.strictSame([asked, written.length], [['ping', 'options'], 1]);
  session.closed();
});

t.test('one chunk is read while a call is answered, and a client that hangs up is seen', async (t) => {
  const path = join(scratch(t), 'em');
  const arrived = Promise.withResolvers<AbortSignal>();
  await serving(t, path, {
    answer: (_, left) => {
      arrived.resolve(left);
      return new Promise(() => {});
    },
  });
  const client = await connect(t, path);
  client.socket.write(encodeCall({ method: 'ping' }, 1));
  const left = await arrived.promise;
  const told = once(left, 'abort');
  client.socket.destroy();
  await told;

  const paused: string[] = [];
  const session = new CallSession(
    {
      write: () => true,
      end: () => {},
      destroy: () => {},
      pause: () => void paused.push('paused'),
      resume: () => {},
    },
    {
      clock: { ...nodeClock, after: () => ({ cancel: () => {} }) },
      pace: new Pace(1e9, 0),
      limits: controlLimits,
      idle_ms: 1,
      message_ms: 1,
      answer: () => new Promise(() => {}),
      hungUp: () => {},
      ended: () => {},
    },
  );
  session.received(encodeCall({ method: 'ping' }, 1));
  t.strictSame(paused, []);
  session.received(encodeCall({ method: 'ping' }, 2));
  t.strictSame(paused, ['paused'], 'what comes meanwhile is not read on');
  session.closed();
});

t.test('what cannot be read, comes too slowly or not at all ends the connection', async (t) => {
  const path = join(scratch(t), 'em');
  const bad = hangUps();
  await serving(t, path, { hungUp: bad.hungUp });
  const liar = await connect(t, path);
  liar.socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(liar.socket, 'close');
  t.equal(await bad.first, 'bad_message');

  const slowPath = join(scratch(t), 'em');
  const slow = hangUps();
  await serving(t, slowPath, { message_ms: 20, hungUp: slow.hungUp });
  const dawdler = await connect(t, slowPath);
  dawdler.socket.write(encodeCall({ method: 'ping' }, 1).subarray(0, 5));
  await once(dawdler.socket, 'close');
  t.equal(await slow.first, 'slow_message');

  const idlePath = join(scratch(t), 'em');
  const idle = hangUps();
  await serving(t, idlePath, { idle_ms: 20, hungUp: idle.hungUp });
  const silent = await connect(t, idlePath);
  silent.socket.write(encodeCall({ method: 'ping' }, 1));
  await silent.answer();
  await once(silent.socket, 'close');
  t.equal(await idle.first, 'idle');
});

t.test('a client that does not read its answers is read no further', async (t) => {
  const path = join(scratch(t), 'em');
  const answered: number[] = [];
  const large = { code: 0, message: 'x'.repeat(4 << 20), uuid: 0 };
  const idle = hangUps();
  await serving(t, path, {
    idle_ms: 100,
    hungUp: idle.hungUp,
    answer: async () => {
      answered.push(1);
      return { kind: 'answer', answer: { method: 'ping', value: large } };
    },
  });
  const client = await connect(t, path);
  client.socket.pause();
  client.socket.write(
    Buffer.concat(Array.from({ length: 50 }, (_, id) => encodeCall({ method: 'ping' }, id))),
  );
  t.equal(await idle.first, 'idle', 'and at last hung up on');
  t.equal(answered.length, 1, 'one answer waits, no second one is made');
});

t.test('of too many connections the one that is idle for longest goes', async (t) => {
  const path = join(scratch(t), 'em');
  const gone = hangUps();
  const busy = Promise.withResolvers<undefined>();
  await serving(t, path, {
    maxConnections: 2,
    hungUp: gone.hungUp,
    answer: (call) => {
      if (call.method !== 'options') return Promise.resolve(pong);
      busy.resolve(undefined);
      return new Promise(() => {});
    },
  });
  const idle = await connect(t, path);
  idle.socket.write(encodeCall({ method: 'ping' }, 1));
  await idle.answer();
  const waiting = await connect(t, path);
  waiting.socket.write(encodeCall({ method: 'options' }, 1));
  await busy.promise;
  const closed = once(idle.socket, 'close');
  const third = await connect(t, path);
  await closed;
  t.equal(await gone.first, 'too_many_connections');
  third.socket.write(encodeCall({ method: 'ping' }, 9));
  t.equal((await third.answer()).head.sequenceId, 9, 'the newcomer is served');
  t.notOk(waiting.socket.destroyed, 'one that waits for its answer is not idle');
});

t.test('sockets of routes are cleared, and nothing else', async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'em');
  const leave = (name: string): Promise<void> =>
    new Promise((resolve) => {
      const server = createServer();
      t.teardown(() => server.close());
      server.listen(join(directory, name), () => resolve());
    });
  for (const name of ['em', 'em.1', 'em.65535', 'em.1x', 'em.', 'other.1', 'em.1.2']) await leave(name);
  writeFileSync(join(directory, 'em.2'), 'a file');
  mkdirSync(join(directory, 'em.3'));
  symlinkSync('em.1x', join(directory, 'em.4'));
  const removed = createExtensionServing(nodeClock).clearRoutes(path);
  t.strictSame([...removed].sort(), [join(directory, 'em.1'), join(directory, 'em.65535')]);
  for (const name of ['em', 'em.1x', 'em.', 'other.1', 'em.1.2', 'em.2', 'em.3', 'em.4']) {
    t.ok(existsSync(join(directory, name)), `${name} stays`);
  }
  t.strictSame(createExtensionServing(nodeClock).clearRoutes(join(directory, 'missing', 'em')), []);
});

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { nodeClock } from '../../../platform/node/clock.ts';
import { BudgetExceeded } from '../../../protocol/budget-exceeded.ts';
import type { BusCall, BusRequest } from '../../../protocol/host-network.ts';
import { busDoor } from '../../../workers/host/bus-door.ts';
import type { NetworkLine } from '../../../workers/host/network-line.ts';
import { message } from './dbus-marshal.ts';
import { serve, startBus, withoutDbus } from './private-bus.ts';

const line = (rest: Partial<NetworkLine> = {}): NetworkLine => ({
  over: new AbortController().signal,
  received: () => {},
  clock: nodeClock,
  ...rest,
});

const callOf = (member: string, ...args: readonly string[]): BusCall => ({
  destination: 'org.example.Echo',
  path: '/org/example/Echo',
  interface: 'org.example.Echo',
  member,
  arguments: args,
});

const request = (
  socketPath: string,
  calls: readonly BusCall[],
  rest: Partial<BusRequest> = {},
): BusRequest => ({
  socketPath,
  calls,
  timeout_ms: 30_000,
  repliesMax_bytes: 2 ** 20,
  ...rest,
});

t.test('a thousand calls over a real bus are answered in their order', { skip: withoutDbus }, async (t) => {
  const { socketPath } = await startBus(t);
  await serve(t, socketPath, 'org.example.Echo', ({ member, arguments: [text] }) =>
    member === 'Echo' ? { signature: 's', body: [`${text}!`] } : { error: 'org.example.Unknown' },
  );
  const calls = Array.from({ length: 1000 }, (_, index) =>
    callOf(index === 7 ? 'Other' : 'Echo', `ü${index}`),
  );
  const replies = await busDoor(line(), request(socketPath, calls));
  t.ok(replies.ok);
  if (!replies.ok) return;
  t.equal(replies.value.length, 1000);
  for (const [index, reply] of replies.value.entries()) {
    if (index === 7)
      t.match(reply, {
        ok: false,
        error: { reason: 'refused', message: 'org.example.Unknown: not possible' },
      });
    else t.strictSame(reply, { ok: true, value: [`ü${index}!`] });
  }
});

t.test('nobody is started to answer', { skip: withoutDbus }, async (t) => {
  const { socketPath, startedMarker } = await startBus(t);
  const call = { ...callOf('ListUnits'), destination: 'org.freedesktop.systemd1' };
  const replies = await busDoor(line(), request(socketPath, [call]));
  t.match(replies, { ok: true, value: [{ ok: false, error: { message: /NameHasNoOwner/ } }] });
  t.notOk(existsSync(startedMarker));
});

/** A peer that says what it is told to, whatever it hears. */
const peer = async (t: Test, hear: (socket: Socket, heard: string) => void): Promise<string> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-bus-'));
  const socketPath = join(directory, 'bus');
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('data', (piece) => hear(socket, piece.toString('latin1')));
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
    rmSync(directory, { recursive: true, force: true });
  });
  return socketPath;
};

const isGreeting = (heard: string): boolean => heard.startsWith('\0AUTH');

t.test('what is no bus, or lets nobody in, is told', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['REJECTED EXTERNAL DBUS_COOKIE_SHA1\r\n', /does not let this user in: REJECTED/],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', /does not let this user in: HTTP/],
    ['x'.repeat(20_000), /no D-Bus/],
    ['DATA\r\nOK 12\r\nmore', /spoke before/],
  ];
  for (const [said, expected] of cases) {
    const socketPath = await peer(t, (socket, heard) => isGreeting(heard) && socket.write(said));
    const replies = await busDoor(line(), request(socketPath, [callOf('Echo')]));
    t.match(replies, { ok: false, error: { reason: 'broken_off', message: expected } }, said.slice(0, 20));
  }
  const gone = await busDoor(line(), request('/nonexistent/bus', []));
  t.match(gone, { ok: false, error: { reason: 'unreachable', message: /ENOENT/ } });
  const hangsUp = await peer(t, (socket) => socket.destroy());
  t.match(await busDoor(line(), request(hangsUp, [])), {
    error: { reason: 'broken_off', message: /hung up/ },
  });
});

/** Lets in, one byte at a time, and then says this. */
const bus = (t: Test, said: Uint8Array): Promise<string> =>
  peer(t, (socket, heard) => {
    if (isGreeting(heard))
      for (const byte of Buffer.from('DATA\r\nOK 1234\r\n')) socket.write(Buffer.from([byte]));
    else for (let at = 0; at < said.length; at += 3) socket.write(said.subarray(at, at + 3));
  });

t.test('messages come in pieces; those that answer nothing are passed over', async (t) => {
  const reply = (serial: number, text: string): Buffer =>
    message(2, [[5, { signature: 'u', held: serial }]], 's', [text], false);
  const strange = [
    reply(0, 'none'),
    reply(99, 'not asked'),
    message(4, [], 's', ['signal']),
    message(77, [], '', []),
  ];
  const said = Buffer.concat([...strange, reply(1, ':1.1'), reply(2, 'early')]);
  const replies = await busDoor(line(), request(await bus(t, said), []));
  t.strictSame(replies, { ok: true, value: [] }, 'Hello alone');
});

t.test('malformed messages, floods and silence end it', async (t) => {
  const bad = message(2, [[5, { signature: 'u', held: 1 }]], 's', ['x']);
  bad[bad.length - 1] = 7;
  const malformed = await busDoor(line(), request(await bus(t, bad), []));
  t.match(malformed, { error: { reason: 'broken_off', message: /malformed/ } });
  const noise = await busDoor(line(), request(await bus(t, Buffer.alloc(64, 'x')), []));
  t.match(noise, { error: { reason: 'broken_off', message: /no D-Bus/ } });
  const flood = await bus(
    t,
    Buffer.concat(Array.from({ length: 100 }, () => message(4, [], 's', ['signal']))),
  );
  const limited = await busDoor(line(), request(flood, [], { repliesMax_bytes: 1000 }));
  t.match(limited, { error: { reason: 'too_large' } });
  const silent = await peer(t, () => {});
  const late = await busDoor(line(), request(silent, [], { timeout_ms: 1 }));
  t.match(late, { error: { reason: 'timed_out' } });
});

t.test('the end of the run and a used-up budget close the connection', async (t) => {
  const heard = { resolve: (): void => {} };
  const arrived = new Promise<void>((resolve) => {
    heard.resolve = resolve;
  });
  const silent = await peer(t, () => heard.resolve());
  const run = new AbortController();
  const replies = busDoor(line({ over: run.signal }), request(silent, []));
  await arrived;
  run.abort();
  t.match(await replies, { error: { reason: 'broken_off' } });
  const received = (): void => {
    throw new BudgetExceeded('read_mb', 1, 2);
  };
  await t.rejects(busDoor(line({ received }), request(await bus(t, Buffer.alloc(0)), [])), BudgetExceeded);
});

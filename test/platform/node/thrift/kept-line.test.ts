import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ManagerLine, Reply } from '../../../../platform/extension-wire.ts';
import { nodeClock } from '../../../../platform/node/clock.ts';
import { keepLine } from '../../../../platform/node/thrift/kept-line.ts';
import { callBounds, peer, pong, scratch, serving } from '../../../extensions/sockets.ts';

const lineTo = async (t: Test, path: string): Promise<ManagerLine> => {
  const line = await keepLine(nodeClock, path);
  if (!line.ok) throw new Error(line.error.message);
  t.teardown(() => line.value.close());
  return line.value;
};

const ping = { method: 'ping' } as const;

t.test('calls go one after another through one connection', async (t) => {
  const path = join(scratch(t), 'em');
  const underWay: string[] = [];
  const answer = async (call: { readonly method: string }): Promise<Reply> => {
    underWay.push(call.method);
    t.equal(underWay.length, 1, 'one at a time');
    await new Promise((resolve) => setImmediate(resolve));
    underWay.pop();
    if (call.method === 'shutdown')
      return { kind: 'answer', answer: { method: 'shutdown', value: undefined } };
    return call.method === 'options' ? { kind: 'fault', fault: { type: 6, message: 'not today' } } : pong;
  };
  await serving(t, path, { maxConnections: 1, answer });
  const line = await lineTo(t, path);
  const pings = await Promise.all([line.call(ping, callBounds), line.call(ping, callBounds)]);
  t.match(pings, [{ ok: true, value: { message: 'pong' } }, { ok: true }]);
  t.match(await line.call({ method: 'options' }, callBounds), { error: { reason: 'refused' } });
  t.strictSame(await line.call({ method: 'shutdown' }, callBounds), { ok: true, value: undefined });
  t.match(await line.call(ping, callBounds), { ok: true }, 'a refusal ends nothing');
});

t.test('what goes wrong ends the line, and every later call fails', async (t) => {
  const cases: readonly (readonly [
    string,
    string,
    (write: (bytes: Buffer) => void, end: () => void) => void,
  ])[] = [
    ['it hangs up', 'hung_up', (_write, end) => end()],
    ['no answer', 'bad_answer', (write) => write(Buffer.from('HTTP/1.1 400'))],
    ['silence', 'deadline', () => {}],
    ['two gigabytes are announced', 'bytes', (write) => write(Buffer.from('800100027fffffff', 'hex'))],
  ];
  for (const [name, reason, behave] of cases) {
    const path = join(scratch(t), 'em');
    await peer(t, path, (socket) => {
      socket.once('data', () =>
        behave(
          (bytes) => void socket.write(bytes),
          () => void socket.end(),
        ),
      );
    });
    const line = await lineTo(t, path);
    const bounds = name === 'silence' ? { ...callBounds, deadline_ms: 1 } : callBounds;
    const [first, waiting] = await Promise.all([line.call(ping, bounds), line.call(ping, callBounds)]);
    t.match(first, { ok: false, error: { reason } }, name);
    t.match(
      [waiting, await line.call(ping, callBounds)],
      [
        { ok: false, error: { reason: 'hung_up' } },
        { ok: false, error: { reason: 'hung_up' } },
      ],
    );
  }
  t.match(await keepLine(nodeClock, join(scratch(t), 'nobody')), {
    ok: false,
    error: { reason: 'no_listener' },
  });
});

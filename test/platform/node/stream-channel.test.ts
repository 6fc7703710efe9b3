import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import type { Clock } from '../../../platform/clock.ts';
import { streamChannel } from '../../../platform/node/stream-channel.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';

/** Two ends of a connection. */
const sockets = async (t: Test): Promise<readonly [Socket, Socket]> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-channel-'));
  const server = createServer({ allowHalfOpen: true }).listen(join(directory, 's'));
  await once(server, 'listening');
  const here = connect(join(directory, 's'));
  const [there] = (await once(server, 'connection')) as [Socket];
  t.teardown(() => {
    here.destroy();
    there.destroy();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return [here, there];
};

const load = Buffer.alloc(8 * 1024 * 1024, 'leash');

/** A channel over a stream, whose timers only the test fires. */
const channelOver = (stream: Socket) => {
  const clock = new SimulatedClock();
  const events: string[] = [];
  const closed = Promise.withResolvers<void>();
  const after: Clock['after'] = (delay_ms, fire) => {
    events.push(`in ${delay_ms} ms`);
    const timer = clock.after(delay_ms, fire);
    return {
      cancel: () => {
        events.push('cancelled');
        timer.cancel();
      },
    };
  };
  const channel = streamChannel(stream, { after })({
    received: () => {},
    drained: () => {},
    closed: () => {
      events.push('closed');
      closed.resolve();
    },
  });
  return { clock, events, channel, closed: closed.promise };
};

t.test('what was written arrives before the end, and nothing is left to wait for', async (t) => {
  const [here, there] = await sockets(t);
  const { channel, closed, events } = channelOver(here);
  t.notOk(channel.write(load), 'it is full');
  channel.close();
  t.ok(load.equals(await buffer(there)));
  await closed;
  channel.close();
  t.strictSame(events.toSorted(), ['cancelled', 'closed', 'in 2000 ms']);
});

t.test('who reads no more keeps no channel open', async (t) => {
  const [here, there] = await sockets(t);
  there.pause();
  const { clock, channel, closed, events } = channelOver(here);
  channel.write(load);
  channel.close();
  await clock.advance(1999);
  t.strictSame(events, ['in 2000 ms']);
  await clock.advance(1);
  await closed;
  t.ok(events.includes('closed'));
});

import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createActorSystem } from '../../../actors/system.ts';
import type { ActorRef, ActorSystem, DeadLetter, RemoteNode, Terminated } from '../../../actors/types.ts';
import { startChannelProcess } from '../../../platform/node/channel-process.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { nodeRandom } from '../../../platform/node/random.ts';
import type { Sink, Summed } from './other-program.ts';

interface Other {
  readonly system: ActorSystem;
  readonly node: RemoteNode;
  readonly sink: ActorRef<Sink>;
  readonly letters: DeadLetter[];
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exited: Promise<unknown>;
}

/** Forks the other program and connects to it. Nothing of both is left when the test is over. */
const other = (t: Test): Other => {
  const started = startChannelProcess(join(import.meta.dirname, 'other-program.ts'), []);
  if (!started.ok) throw new Error(started.error.message);
  const { process: child, channel } = started.value;
  const exited = once(child, 'exit');
  const system = createActorSystem({ clock: nodeClock, random: nodeRandom });
  const letters: DeadLetter[] = [];
  system.on('deadLetter', (letter) => letters.push(letter));
  const options = { name: 'other', hello_ms: 60_000, maxMessage_bytes: 64 * 1024 * 1024 };
  const node = system.connect(channel, options);
  t.teardown(async () => {
    await system.stop();
    child.kill('SIGKILL');
    await exited;
  });
  const sink = node.remote<Sink>('sink');
  return { system, node, sink, letters, kill: (signal) => void child.kill(signal), exited };
};

const sum = async ({ system, sink }: Other): Promise<Summed> => {
  const answer = await system.ask<Sink, Summed>(sink, (replyTo) => ({ type: 'sum', replyTo }), 60_000);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

/** Resolves with the end of the actor. */
const watched = (system: ActorSystem, ref: ActorRef<never>): Promise<Terminated> =>
  new Promise((resolve) => {
    system.spawn<Terminated, undefined>('watcher', {
      init: (context) => {
        context.watch(ref, (gone) => gone);
        return undefined;
      },
      receive: (state, gone, context) => {
        resolve(gone);
        context.stopSelf();
        return state;
      },
    });
  });

t.test(
  'actors of two processes speak with each other; the other one ends when its parent hangs up',
  async (t) => {
    const all = other(t);
    for (let n = 1; n <= 1000; n += 1) t.equal(all.sink.tell({ type: 'put', n }), 'accepted');
    t.strictSame(await sum(all), { sum: 500_500, characters: 0 });
    all.node.disconnect();
    t.equal((await all.node.down).reason, 'disconnected');
    t.strictSame(await all.exited, [0, null], 'nothing keeps it');
  },
);

t.test('a stream of messages, as fast as the channel takes them, arrives as a whole', async (t) => {
  const all = other(t);
  await sum(all);
  let n = 0;
  while (n < 100_000) {
    if (all.sink.tell({ type: 'put', n: 1 }) === 'accepted') n += 1;
    else await all.node.room();
  }
  const lost = all.letters.length;
  t.match(await sum(all), { sum: 100_000 }, `${lost} were rejected and told again`);
  t.ok(all.letters.every(({ reason }) => reason === 'outbox_full'));
});

t.test('what was told before the other process exits arrives, in its order, and then its end', async (t) => {
  const all = other(t);
  const received: number[] = [];
  const receiver = all.system.spawn<number, undefined>('receiver', {
    init: () => undefined,
    receive: (state, n) => {
      received.push(n);
      return state;
    },
  });
  const gone = watched(all.system, all.sink);
  all.sink.tell({ type: 'pour', count: 5000, to: receiver });
  t.match(await gone, { path: 'other:sink', reason: { kind: 'normal' } });
  const second = { ...all, sink: all.node.remote<Sink>('other sink') };
  await sum(second);
  t.strictSame(
    received,
    Array.from({ length: 5000 }, (_none, n) => n),
  );
});

t.test('a message of 50 MB goes through, and a small one to its receiver after it', async (t) => {
  const all = other(t);
  await sum(all);
  const load = 'ü'.repeat(25 * 1024 * 1024);
  all.sink.tell({ type: 'put', n: 1, load });
  all.sink.tell({ type: 'put', n: 2 });
  t.strictSame(await sum(all), { sum: 3, characters: load.length });
});

t.test('when the other process is killed, watchers, askers and senders all hear of it', async (t) => {
  const all = other(t);
  await sum(all);
  const gone = watched(all.system, all.sink);
  const answer = all.system.ask<Sink, Summed>(all.sink, (replyTo) => ({ type: 'never', replyTo }), 600_000);
  await sum(all);
  // Stopped, it reads nothing: what the channel does not take waits here.
  all.kill('SIGSTOP');
  const load = 'x'.repeat(1024 * 1024);
  for (let n = 0; n < 8; n += 1) t.equal(all.sink.tell({ type: 'put', n, load }), 'accepted');
  t.ok(all.node.status().outbox_depth > 0);
  all.kill('SIGKILL');
  t.match(await gone, { path: 'other:sink', reason: { kind: 'noconnection' } });
  t.match(await answer, { ok: false, error: { reason: 'noconnection' } });
  t.match(await all.node.down, { reason: 'closed' });
  t.ok(all.letters.length > 0);
  t.match(new Set(all.letters.map(({ reason }) => reason)), new Set(['noconnection']));
  const unsent = all.letters.map(({ message }) => (message as { n: number }).n);
  t.strictSame(
    unsent,
    unsent.toSorted((a, b) => a - b),
    'in their order',
  );
  t.equal(unsent.at(-1), 7);
  t.equal(all.sink.tell({ type: 'spin' }), 'stopped');
});

t.test('a link ties an actor here to the fate of one in another process', async (t) => {
  const all = other(t);
  const linked = all.system.spawn<never, undefined>('linked', {
    init: (context) => {
      context.link(all.sink);
      return undefined;
    },
    receive: (state) => state,
  });
  const gone = watched(all.system, linked);
  all.sink.tell({ type: 'crash' });
  t.match(await gone, {
    path: '/linked',
    reason: { kind: 'crashed', error: { message: /the sink was told to/ } },
  });
});

t.test('a process that is killed in the middle of a stream: what came is a beginning of it', async (t) => {
  const all = other(t);
  const received: number[] = [];
  const { promise: flows, resolve } = Promise.withResolvers<void>();
  const receiver = all.system.spawn<number, undefined>('receiver', {
    init: () => undefined,
    receive: (state, n) => {
      received.push(n);
      if (n === 50_000) resolve();
      return state;
    },
  });
  const gone = watched(all.system, all.sink);
  const answer = all.system.ask<Sink, Summed>(all.sink, (replyTo) => ({ type: 'never', replyTo }), 600_000);
  all.sink.tell({ type: 'flow', to: receiver });
  await flows;
  all.kill('SIGKILL');
  t.match(await gone, { path: 'other:sink', reason: { kind: 'noconnection' } });
  t.match(await answer, { ok: false, error: { reason: 'noconnection' } });
  t.equal((await all.node.down).reason, 'closed');
  t.ok(received.length > 50_000);
  t.ok(received.every((n, index) => n === index));
  t.strictSame(all.letters, [], 'the mailbox of the receiver held them');
  t.match(all.node.status(), { exported: 0, imported: 0, outbox_depth: 0 });
  t.equal(all.sink.tell({ type: 'put', n: 1 }), 'stopped');
  t.match(all.letters, [{ to: 'other:sink', message: { type: 'put', n: 1 }, reason: 'noconnection' }]);
});

t.test('a process that is stopped is not dead: asks have deadlines, and it may go on', async (t) => {
  const all = other(t);
  await sum(all);
  all.kill('SIGSTOP');
  all.sink.tell({ type: 'put', n: 5 });
  const answer = await all.system.ask<Sink, Summed>(all.sink, (replyTo) => ({ type: 'sum', replyTo }), 20);
  t.match(answer, { ok: false, error: { reason: 'deadline' } });
  t.equal(all.node.status().phase, 'up');
  all.kill('SIGCONT');
  t.strictSame(await sum(all), { sum: 5, characters: 0 });
  t.match(
    all.letters.map(({ reason }) => reason),
    ['asker_left'],
    'its late answer',
  );
});

t.test('a process that is busy for ever is no reason to grow', async (t) => {
  const all = other(t);
  await sum(all);
  all.sink.tell({ type: 'spin' });
  const load = 'x'.repeat(10_000);
  let accepted = 0;
  while (all.sink.tell({ type: 'put', n: 1, load }) === 'accepted') accepted += 1;
  const { outbox_bytes, outbox_depth } = all.node.status();
  t.ok(accepted >= outbox_depth);
  t.ok(outbox_bytes > 15 * 1024 * 1024 && outbox_bytes <= 16 * 1024 * 1024);
  t.match(all.letters, [{ reason: 'outbox_full' }]);
});

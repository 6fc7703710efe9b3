import t from 'tap';
import { createActorSystem } from '../../actors/system.ts';
import type { ActorRef, ActorSystem, Behaviour, Terminated } from '../../actors/types.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';

const setUp = (): { clock: SimulatedClock; system: ActorSystem } => {
  const clock = new SimulatedClock();
  return { clock, system: createActorSystem({ clock, random: seededRandom(1) }) };
};

type Counter = { type: 'add'; n: number } | { type: 'read'; replyTo: ActorRef<number> } | { type: 'fail' };

const counter: Behaviour<Counter, number> = {
  init: () => 0,
  receive: (count, message) => {
    if (message.type === 'add') return count + message.n;
    if (message.type === 'fail') throw new Error('asked to fail');
    message.replyTo.tell(count);
    return count;
  },
};

t.test('messages change the state in order, and ask gets one answer', async (t) => {
  const { system } = setUp();
  const ref = system.spawn('counter', counter);
  for (let n = 1; n <= 1000; n += 1) ref.tell({ type: 'add', n });
  const answer = await system.ask<Counter, number>(ref, (replyTo) => ({ type: 'read', replyTo }), 1000);
  t.strictSame(answer, { ok: true, value: 500_500 });
  // @ts-expect-error a message of another actor does not compile
  ref.tell({ type: 'subtract', n: 1 });
});

t.test('ask never hangs: deadline, dead actor, full mailbox', async (t) => {
  const { clock, system } = setUp();
  const silent: Behaviour<{ replyTo: ActorRef<number> }, undefined> = {
    init: () => undefined,
    receive: () => undefined,
  };
  const ref = system.spawn('silent', silent, { mailbox: { capacity: 1, overflow: 'reject' } });
  const late = system.ask<{ replyTo: ActorRef<number> }, number>(ref, (replyTo) => ({ replyTo }), 50);
  const full = system.ask<{ replyTo: ActorRef<number> }, number>(ref, (replyTo) => ({ replyTo }), 50);
  t.match(await full, { ok: false, error: { reason: 'rejected' } });
  await clock.advance(50);
  t.match(await late, { ok: false, error: { reason: 'deadline' } });
  const ended = system.ask<{ replyTo: ActorRef<number> }, number>(ref, (replyTo) => ({ replyTo }), 50);
  await system.stop();
  t.match(await ended, { ok: false, error: { reason: 'actor_stopped' } });
  const dead = await system.ask<{ replyTo: ActorRef<number> }, number>(ref, (replyTo) => ({ replyTo }), 50);
  t.match(dead, { ok: false, error: { reason: 'actor_stopped' } });
});

t.test('a full mailbox follows its policy and what is lost becomes a dead letter', async (t) => {
  for (const overflow of ['reject', 'drop-oldest', 'drop-newest'] as const) {
    const { clock, system } = setUp();
    const lost: unknown[] = [];
    system.on('deadLetter', (letter) => lost.push([letter.reason, letter.message]));
    const seen: number[] = [];
    const ref = system.spawn<number, undefined>(
      'slow',
      { init: () => undefined, receive: (_state, message) => void seen.push(message) as undefined },
      { mailbox: { capacity: 2, overflow } },
    );
    const told = [1, 2, 3].map((n) => ref.tell(n));
    await clock.advance(0);
    t.strictSame(
      [told[2], seen, lost],
      {
        reject: ['rejected', [1, 2], [['mailbox_full', 3]]],
        'drop-oldest': ['accepted', [2, 3], [['dropped_oldest', 1]]],
        'drop-newest': ['accepted', [1, 2], [['dropped_newest', 3]]],
      }[overflow],
    );
    t.match(system.status(), [{ mailbox_high_water: 2, mailbox_capacity: 2, dropped: 1 }]);
  }
});

t.test('death watch tells the reason, and answers at once for a dead ref', async (t) => {
  const { clock, system } = setUp();
  const notices: Terminated[] = [];
  const victim = system.spawn('victim', counter);
  const watcher = system.spawn<{ watch: ActorRef<never> } | { gone: Terminated }, undefined>('watcher', {
    init: () => undefined,
    receive: (_state, message, context) => {
      if ('watch' in message) context.watch(message.watch, (gone) => ({ gone }));
      else notices.push(message.gone);
      return undefined;
    },
  });
  watcher.tell({ watch: victim });
  await clock.advance(0);
  victim.tell({ type: 'fail' });
  await clock.advance(0);
  t.match(notices, [{ path: '/victim', reason: { kind: 'crashed', error: { message: 'asked to fail' } } }]);
  watcher.tell({ watch: victim });
  await clock.advance(0);
  t.equal(notices.length, 2);
  t.equal(victim.tell({ type: 'add', n: 1 }), 'stopped');
});

t.test('a crash ends the children first, cancels timers, and init that throws leaves nothing', async (t) => {
  const { clock, system } = setUp();
  const ended: string[] = [];
  const parent: Behaviour<'crash' | 'tick', number> = {
    init: (context) => {
      for (const name of ['first', 'second']) {
        context.spawn(name, {
          init: () => 0,
          receive: (state) => state,
          stopped: () => void ended.push(name),
        });
      }
      context.startTimer('tick', 10, 'tick');
      return 0;
    },
    receive: (ticks, message, context) => {
      if (message === 'crash') throw new Error('crash');
      context.startTimer('tick', 10, 'tick');
      return ticks + 1;
    },
    stopped: (ticks) => void ended.push(`parent after ${ticks}`),
  };
  const ref = system.spawn('parent', parent);
  await clock.advance(35);
  ref.tell('crash');
  await clock.advance(100);
  t.strictSame(ended, ['second', 'first', 'parent after 3']);
  t.strictSame(system.status(), []);
  const broken = system.spawn('broken', {
    init: (context) => {
      context.spawn('child', {
        init: () => 0,
        receive: (state) => state,
        stopped: () => void ended.push('orphan'),
      });
      throw new Error('no');
    },
    receive: (state: undefined) => state,
  });
  await clock.advance(0);
  t.equal(broken.tell(undefined as never), 'stopped');
  t.equal(ended.at(-1), 'orphan');
  t.strictSame(system.status(), []);
});

t.test('stash keeps a message until unstashAll brings it back before the others', async (t) => {
  const { clock, system } = setUp();
  const seen: string[] = [];
  const ref = system.spawn<string, boolean>('door', {
    init: () => false,
    receive: (open, message, context) => {
      if (message === 'open') {
        context.unstashAll();
        return true;
      }
      if (open) seen.push(message);
      else context.stash();
      return open;
    },
  });
  for (const message of ['a', 'b', 'open', 'c']) ref.tell(message);
  await clock.advance(0);
  t.strictSame(seen, ['a', 'b', 'c']);
});

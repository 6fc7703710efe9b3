import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { Mailbox } from '../../actors/mailbox.ts';
import { createActorSystem } from '../../actors/system.ts';
import type { DeadLetter, OverflowPolicy } from '../../actors/types.ts';
import type { Clock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { player, run, setStage } from './stage.ts';

t.test('a mailbox is a bounded queue, whatever is done to it', async (t) => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant('put' as const) },
    { weight: 3, arbitrary: fc.constant('take' as const) },
    fc.constant('append' as const),
    fc.constant('unshift' as const),
  );
  const overflow = fc.constantFrom<OverflowPolicy>('reject', 'drop-oldest', 'drop-newest');
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        overflow,
        fc.array(step, { maxLength: 200, size: 'max' }),
        (capacity, policy, steps) => {
          const mailbox = new Mailbox<number>({ capacity, overflow: policy });
          let model: number[] = [];
          let highWater = 0;
          steps.forEach((what, message) => {
            if (what === 'append') {
              mailbox.append(message);
              model.push(message);
            } else if (what === 'unshift') {
              mailbox.unshiftAll([message, -message]);
              model = [message, -message, ...model];
            } else if (what === 'take') {
              if (model.length > 0) equal(mailbox.take(), model.shift());
            } else if (model.length < capacity) {
              deepEqual(mailbox.put(message), { kind: 'accepted' });
              model.push(message);
            } else if (policy === 'reject') {
              deepEqual(mailbox.put(message), { kind: 'rejected' });
            } else if (policy === 'drop-newest') {
              deepEqual(mailbox.put(message), { kind: 'dropped', which: 'newest', message });
            } else {
              deepEqual(mailbox.put(message), { kind: 'dropped', which: 'oldest', message: model.shift() });
              model.push(message);
            }
            highWater = Math.max(highWater, model.length);
            equal(mailbox.depth, model.length);
          });
          equal(mailbox.highWater, highWater);
          deepEqual(mailbox.takeAll(), model);
        },
      ),
      { numRuns: 100 },
    ),
  );
});

t.test('a mailbox that could hold nothing is refused', async (t) => {
  for (const capacity of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    t.throws(() => new Mailbox({ capacity, overflow: 'reject' }), /at least one message/);
});

t.test('undefined is a message like any other', async (t) => {
  const { system, settle } = setStage();
  let received = 0;
  const ref = system.spawn<undefined, undefined>('a', {
    init: () => undefined,
    receive: () => {
      received += 1;
      return undefined;
    },
  });
  ref.tell(undefined);
  ref.tell(undefined);
  await settle();
  t.equal(received, 2);
});

t.test('death notices and orders to end overtake what waits, and no full mailbox loses them', async (t) => {
  const { system, events, settle } = setStage();
  const victim = system.spawn('victim', player('victim', events));
  const watcher = system.spawn('watcher', player('watcher', events), {
    mailbox: { capacity: 3, overflow: 'reject' },
  });
  run(watcher, (context) => context.watch(victim, (gone) => ({ gone })));
  await settle();
  victim.tell('crash');
  const told = ['1', '2', '3', '4'].map((note) => watcher.tell({ note }));
  t.strictSame(told, ['accepted', 'accepted', 'accepted', 'rejected']);
  await settle();
  t.strictSame(events.slice(2), [
    '-victim crashed',
    'watcher sees /victim crashed',
    'watcher:1',
    'watcher:2',
    'watcher:3',
  ]);
});

t.test('what waits for an actor that is told to end becomes dead letters', async (t) => {
  const { system, events, settle } = setStage();
  const letters: DeadLetter[] = [];
  system.on('deadLetter', (letter) => letters.push(letter));
  const a = system.spawn('a', player('a', events));
  const b = system.spawn('b', player('b', events));
  run(b, (context) => {
    for (const note of ['1', '2']) a.tell({ note });
    context.stop(a);
  });
  await settle();
  t.strictSame(events, ['+a', '+b', '-a shutdown']);
  t.match(letters, [
    { to: '/a', message: { note: '1' }, reason: 'actor_stopped' },
    { to: '/a', message: { note: '2' }, reason: 'actor_stopped' },
  ]);
});

t.test('a timer is not lost to a full mailbox', async (t) => {
  const fires: (() => void)[] = [];
  const clock: Clock = {
    monotonicMs: () => 0,
    unixMs: () => 0,
    after: (_delay_ms, fire) => {
      fires.push(fire);
      return { cancel: () => {} };
    },
    soon: (fire) => queueMicrotask(fire),
  };
  const system = createActorSystem({ clock, random: seededRandom(1) });
  const events: string[] = [];
  const a = system.spawn('a', player('a', events), { mailbox: { capacity: 1, overflow: 'reject' } });
  run(a, (context) => context.startTimer('tick', 10, { note: 'tick' }));
  await new Promise<void>((resolve) => setImmediate(resolve));
  const told = ['1', '2'].map((note) => a.tell({ note }));
  for (const fire of fires) fire();
  await new Promise<void>((resolve) => setImmediate(resolve));
  t.strictSame(told, ['accepted', 'rejected']);
  t.strictSame(events, ['+a', 'a:1', 'a:tick']);
});

t.test('a stash is as bounded as its mailbox', async (t) => {
  const { system, events, settle } = setStage();
  const letters: DeadLetter[] = [];
  system.on('deadLetter', (letter) => letters.push(letter));
  const a = system.spawn('a', player('a', events), { mailbox: { capacity: 2, overflow: 'reject' } });
  for (let index = 0; index < 3; index += 1) {
    run(a, (context) => context.stash());
    await settle();
  }
  t.match(letters, [{ to: '/a', reason: 'stash_full' }]);
  t.match(system.status(), [{ dropped: 1, received: 3 }]);
});

t.test('what is stashed when an actor ends becomes dead letters too', async (t) => {
  const { system, events, settle } = setStage();
  const letters: DeadLetter[] = [];
  system.on('deadLetter', (letter) => letters.push(letter));
  const a = system.spawn('a', player('a', events));
  run(a, (context) => context.stash());
  await settle();
  a.tell('crash');
  await settle();
  t.match(letters, [{ to: '/a', reason: 'actor_stopped' }]);
});

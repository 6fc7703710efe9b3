import t from 'tap';
import type { ActorRef, Behaviour } from '../../../actors/types.ts';
import { player, run } from '../stage.ts';
import { type Counter, counter, keep, read } from './counter.ts';
import { twoNodes } from './two-nodes.ts';

t.test('a name that nobody has: messages are dead letters, watchers and askers hear at once', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const ref = here.node.remote<Counter>('nobody');
  const watcher = here.system.spawn('watcher', player('watcher', events));
  run(watcher, (context) => context.watch(ref, (gone) => ({ gone })));
  ref.tell({ type: 'leave' });
  const answer = here.system.ask(ref, read, 1000);
  await settle();
  t.match(await answer, { error: { reason: 'actor_stopped' } });
  t.strictSame(events, ['+watcher', 'watcher sees there:nobody no_such_actor']);
  t.match(there.letters, [
    { to: 'here→name 1', message: { type: 'leave' }, reason: 'no_such_name' },
    { reason: 'no_such_name' },
  ]);
});

t.test('a name outlives who has it, and may be exposed late', async (t) => {
  const { here, there, settle } = twoNodes();
  const ref = here.node.remote<Counter>('counter');
  await settle();
  const held: { counter?: ActorRef<Counter> } = {};
  const start = (context: { spawn(behaviour: Behaviour<Counter, number>): ActorRef<Counter> }) =>
    (held.counter = context.spawn(counter()));
  const children = [{ id: 'counter', restart: 'permanent', start }] as const;
  there.system.supervise('top', { strategy: 'one_for_one', intensity: 3, period_ms: 1000, children });
  if (held.counter === undefined) throw new Error('no counter');
  there.node.expose('counter', held.counter);
  ref.tell({ type: 'add', n: 5 });
  const first = here.system.ask(ref, read, 100);
  await settle();
  t.strictSame(await first, { ok: true, value: 5 });
  const dies = here.system.ask(ref, keep, 100);
  ref.tell({ type: 'crash' });
  await settle();
  t.match(await dies, { error: { reason: 'actor_stopped' } });
  const second = here.system.ask(ref, read, 100);
  await settle();
  t.strictSame(await second, { ok: true, value: 0 }, 'the next life');
});

import t from 'tap';
import type { ActorRef, Behaviour } from '../../../actors/types.ts';
import { type Order, player, run } from '../stage.ts';
import { type Counter, counter, read } from './counter.ts';
import { twoNodes } from './two-nodes.ts';

t.test('messages arrive in their order, also those told before hello', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const notes = there.system.spawn('notes', player('notes', events));
  there.node.expose('notes', notes);
  const ref = here.node.remote<{ note: string }>('notes');
  t.equal(ref.tell({ note: '1' }), 'accepted');
  t.equal(here.node.status().phase, 'greeting');
  await settle();
  for (const note of ['2', '3', '4']) ref.tell({ note });
  await settle();
  t.strictSame(events, ['+notes', 'notes:1', 'notes:2', 'notes:3', 'notes:4']);
  t.match(here.node.status(), { phase: 'up', sent: 4, outbox_depth: 0, outbox_bytes: 0, dropped: 0 });
  t.match(there.node.status(), { phase: 'up', received: 4 });
});

type Post =
  | { readonly deliver: { readonly to: readonly ActorRef<{ note: string }>[] } }
  | { readonly whoAmI: ActorRef<Post>; readonly replyTo: ActorRef<ActorRef<Post>> };

/** Writes to whom a message names, and remembers them. */
const post = (seen: ActorRef<never>[]): Behaviour<Post, undefined> => ({
  init: () => undefined,
  receive: (state, message) => {
    if ('deliver' in message) {
      seen.push(...message.deliver.to);
      for (const ref of message.deliver.to) ref.tell({ note: 'hello' });
    } else {
      seen.push(message.whoAmI);
      message.replyTo.tell(message.whoAmI);
    }
    return state;
  },
});

t.test('refs within messages stay refs, the same one each time, and come home as themselves', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const seen: ActorRef<never>[] = [];
  const local = there.system.spawn('post', post(seen));
  there.node.expose('post', local);
  const ref = here.node.remote<Post>('post');
  const a = here.system.spawn('a', player('a', events));
  const b = here.system.spawn('b', player('b', events));
  ref.tell({ deliver: { to: [a, b] } });
  ref.tell({ deliver: { to: [a] } });
  await settle();
  t.strictSame(events.slice(2).toSorted(), ['a:hello', 'a:hello', 'b:hello']);
  t.equal(seen[0], seen[2], 'one actor, one ref');
  t.not(seen[0], seen[1]);
  t.equal(seen[0]?.path, 'here:/a');
  t.match([here.node.status().exported, there.node.status().imported], [2, 2]);
  const home = here.system.ask<Post, ActorRef<Post>>(ref, (replyTo) => ({ whoAmI: ref, replyTo }), 100);
  await settle();
  const answer = await home;
  t.equal(seen[3], local, 'their own ref, there');
  t.equal(answer.ok && answer.value.path, 'there:/post', 'an address of that life, here');
  const again = here.system.ask<Post, ActorRef<Post>>(
    ref,
    (replyTo) => ({ whoAmI: answer.ok ? answer.value : ref, replyTo }),
    100,
  );
  await settle();
  t.strictSame([seen[4], await again], [local, answer]);
});

t.test('a ref that was sent knows when its actor ends, and is forgotten on both sides', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const seen: ActorRef<never>[] = [];
  there.node.expose('post', there.system.spawn('post', post(seen)));
  const a = here.system.spawn('a', player('a', events));
  here.node.remote<Post>('post').tell({ deliver: { to: [a] } });
  await settle();
  a.tell('leave');
  await settle();
  t.match([here.node.status().exported, there.node.status().imported], [0, 0]);
  const watcher = there.system.spawn('watcher', player('watcher', events));
  run(watcher, (context) => {
    for (const ref of seen) context.watch(ref, (gone) => ({ gone }));
  });
  await settle();
  t.strictSame(events.slice(-1), ['watcher sees here:/a normal'], 'the true reason, though it is late');
  t.equal(seen[0]?.tell({ note: 'too late' } as never), 'stopped');
  t.match(there.letters, [{ to: 'here:/a', message: { note: 'too late' }, reason: 'actor_stopped' }]);
});

t.test('a ref of an actor that has ended can be sent, and is dead there', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const seen: ActorRef<never>[] = [];
  there.node.expose('post', there.system.spawn('post', post(seen)));
  const a = here.system.spawn('a', player('a', events));
  a.tell('leave');
  await settle();
  here.node.remote<Post>('post').tell({ deliver: { to: [a] } });
  await settle();
  t.match(there.letters, [{ to: 'here:/a', message: { note: 'hello' }, reason: 'actor_stopped' }]);
  const watcher = there.system.spawn('watcher', player('watcher', events));
  run(watcher, (context) => {
    for (const ref of seen) context.watch(ref, (gone) => ({ gone }));
  });
  await settle();
  t.strictSame(events.slice(-1), ['watcher sees here:/a no_such_actor']);
});

t.test('a question is passed on to a third process, which answers the first', async (t) => {
  const { here, there, settle, clock } = twoNodes();
  const third = twoNodes();
  third.there.node.expose('counter', third.there.system.spawn('counter', counter()));
  const counterOfThird = third.here.node.remote<Counter>('counter');
  there.node.expose(
    'proxy',
    there.system.spawn<Counter, undefined>('proxy', {
      init: () => undefined,
      receive: (state, message) => {
        counterOfThird.tell(message);
        return state;
      },
    }),
  );
  const proxy = here.node.remote<Counter>('proxy');
  proxy.tell({ type: 'add', n: 9 });
  const answer = here.system.ask(proxy, read, 100);
  for (let hop = 0; hop < 3; hop += 1) {
    await settle();
    await third.settle();
  }
  await clock.advance(0);
  t.strictSame(await answer, { ok: true, value: 9 });
  t.match([here.node.status().exported, third.here.node.status().exported], [0, 0]);
});

t.test('who tells does not see the difference between an actor here and one there', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const received: Order[] = [];
  there.node.expose(
    'worker',
    there.system.spawn<Order, undefined>('worker', {
      init: () => undefined,
      receive: (state, order) => {
        received.push(order);
        return state;
      },
    }),
  );
  const ref = here.node.remote<'crash' | { note: string }>('worker');
  const local = here.system.spawn('local', player('local', events));
  for (const each of [ref, local]) each.tell({ note: 'x' });
  await settle();
  t.strictSame([received, events.slice(1)], [[{ note: 'x' }], ['local:x']]);
});

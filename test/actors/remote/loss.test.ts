import t from 'tap';
import type { ActorRef, Behaviour } from '../../../actors/types.ts';
import { player, run } from '../stage.ts';
import { messages, mib, type Note, withNotes } from './notes.ts';
import { twoNodes } from './two-nodes.ts';

/** Keeps every question. */
const silent: Behaviour<{ readonly replyTo: ActorRef<number> }, undefined> = {
  init: () => undefined,
  receive: (state) => state,
};

t.test('when the connection is lost, everybody who waits is told at once', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const asked = there.system.spawn('silent', silent);
  there.node.expose('silent', asked);
  const watched = there.system.spawn('watched', player('watched', events));
  there.node.expose('watched', watched);
  const ref = here.node.remote<{ replyTo: ActorRef<number> }>('silent');
  const watcher = here.system.spawn('watcher', player('watcher', events));
  const linked = here.system.spawn('linked', player('linked', events));
  run(watcher, (context) => context.watch(here.node.remote('watched'), (gone) => ({ gone })));
  run(linked, (context) => context.link(here.node.remote('watched')));
  const answer = here.system.ask(ref, (replyTo: ActorRef<number>) => ({ replyTo }), 60_000);
  await settle();
  here.end.isHeld = true;
  here.end.capacity_bytes = 1;
  here.node.remote<Note>('watched').tell({ note: 'lost on the way' });
  await settle();
  for (const note of ['unsent 1', 'unsent 2']) here.node.remote<Note>('watched').tell({ note });
  here.end.die();
  await settle();
  t.match(await here.node.down, { reason: 'closed', message: 'there: the other end hung up or died' });
  t.match(await answer, { ok: false, error: { reason: 'noconnection' } });
  t.strictSame(events.slice(3), [
    'watcher sees there:watched noconnection',
    '-linked noconnection',
    '-watched noconnection',
  ]);
  t.strictSame(messages(here.letters), ['unsent 1 noconnection', 'unsent 2 noconnection']);
  t.equal(ref.tell({ replyTo: {} as ActorRef<number> }), 'stopped');
  t.match(here.letters.at(-1), { to: 'there:silent', reason: 'noconnection' });
  const late = here.system.ask(ref, (replyTo: ActorRef<number>) => ({ replyTo }), 60_000);
  t.match(await late, { error: { reason: 'noconnection' } });
  run(watcher, (context) => context.watch(here.node.remote('new name'), (gone) => ({ gone })));
  await settle();
  t.match(events.at(-1), 'watcher sees there:new name noconnection');
  t.match(here.node.status(), { phase: 'down', exported: 0, imported: 0, outbox_depth: 0 });
});

t.test('a connection that ends within a message says so; half a message is none', async (t) => {
  for (const cut of [3, 100, mib]) {
    const { here, there, ref, notes, settle } = withNotes();
    await settle();
    here.end.isHeld = true;
    ref.tell({ note: 'x'.repeat(2 * mib) });
    await settle();
    here.end.arrive(cut);
    await settle();
    here.end.die();
    await settle();
    t.match(await there.node.down, { reason: 'closed', message: /in the middle of a message/ });
    t.strictSame(notes, ['+notes']);
    t.strictSame(messages(here.letters), ['xxxxxxxxxx noconnection'], 'it had not left as a whole');
  }
});

t.test('what came before the end of the connection is delivered', async (t) => {
  const { here, ref, notes, settle } = withNotes();
  await settle();
  for (let n = 0; n < 500; n += 1) ref.tell({ note: `${n}` });
  here.node.disconnect();
  await settle();
  t.equal(notes.length, 501);
});

t.test('a system that stops hangs up when its actors have ended', async (t) => {
  const { here, there, events, settle } = twoNodes();
  here.node.expose('a', here.system.spawn('a', player('a', events)));
  const watcher = there.system.spawn('watcher', player('watcher', events));
  run(watcher, (context) => context.watch(there.node.remote('a'), (gone) => ({ gone })));
  await settle();
  const stopped = here.system.stop();
  await settle();
  await stopped;
  await settle();
  t.strictSame(events.slice(2), ['-a shutdown', 'watcher sees here:a shutdown']);
  t.match([(await here.node.down).reason, (await there.node.down).reason], ['disconnected', 'closed']);
});

import t from 'tap';
import type { ActorRef } from '../../actors/types.ts';
import { player, run, setStage, trapping } from './stage.ts';

t.test('a link ends the other with the same reason, and goes on along a chain', async (t) => {
  const { system, events, settle } = setStage();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => system.spawn(name, player(name, events)));
  if (a === undefined || b === undefined || c === undefined) return;
  run(a, (context) => context.link(b));
  run(c, (context) => context.link(b));
  await settle();
  events.length = 0;
  a.tell('crash');
  await settle();
  t.strictSame(events, ['-a crashed', '-b crashed', '-c crashed']);
});

t.test('a normal end harms nobody, and an unlinked actor neither', async (t) => {
  const { system, events, settle } = setStage();
  const a = system.spawn('a', player('a', events));
  const b = system.spawn('b', player('b', events));
  const c = system.spawn('c', player('c', events));
  run(a, (context) => context.link(b));
  run(a, (context) => context.link(c));
  run(c, (context) => context.unlink(a));
  await settle();
  c.tell('crash');
  await settle();
  a.tell('leave');
  await settle();
  t.strictSame(events.slice(3), ['-c crashed', '-a normal']);
  t.equal(b.tell({ note: 'alive' }), 'accepted');
});

t.test('who traps exits hears of every end of a link, also a normal one, and lives on', async (t) => {
  const { system, events, settle } = setStage();
  const a = system.spawn('a', player('a', events));
  const b = system.spawn('b', player('b', events));
  const keeper = system.spawn('keeper', player('keeper', events, trapping));
  run(keeper, (context) => {
    context.link(a);
    context.link(b);
  });
  await settle();
  a.tell('leave');
  b.tell('crash');
  await settle();
  t.strictSame(events.slice(3), [
    '-a normal',
    '-b crashed',
    'keeper hears /a normal',
    'keeper hears /b crashed',
  ]);
  t.equal(keeper.tell({ note: 'alive' }), 'accepted');
});

t.test('a link to the dead is answered at once', async (t) => {
  const { system, events, settle } = setStage();
  const dead = system.spawn('dead', player('dead', events));
  dead.tell('crash');
  await settle();
  const a = system.spawn('a', player('a', events));
  const keeper = system.spawn('keeper', player('keeper', events, trapping));
  const nobody: ActorRef<never> = { path: '/nobody', tell: () => 'stopped' };
  run(keeper, (context) => context.link(nobody));
  run(a, (context) => context.link(dead));
  await settle();
  t.strictSame(events.slice(4), ['keeper hears /nobody no_such_actor', '-a crashed']);
});

t.test('a kill cannot be trapped, ends all below, and a link carries it', async (t) => {
  const { system, events, settle } = setStage();
  const parent = system.spawn('parent', player('parent', events, trapping));
  run(parent, (context) => {
    const child = context.spawn('child', player('child', events, trapping));
    run(child, (deeper) => void deeper.spawn('grandchild', player('grandchild', events, trapping)));
  });
  const friend = system.spawn('friend', player('friend', events));
  run(friend, (context) => context.link(parent));
  await settle();
  events.length = 0;
  run(friend, (context) => context.kill(parent));
  await settle();
  t.strictSame(events, ['-grandchild killed', '-child killed', '-parent killed', '-friend killed']);
  t.strictSame(system.status(), []);
});

t.test('who traps exits is asked to shut down, and may take its time', async (t) => {
  const { clock, system, events, settle } = setStage();
  const slow = system.spawn('slow', player('slow', events, trapping), { shutdown_ms: 1000 });
  const stopped = system.stop();
  await settle();
  t.strictSame(events, ['+slow', 'slow hears / shutdown']);
  t.match(system.status(), [{ path: '/slow', state: 'stopping' }]);
  await clock.advance(999);
  slow.tell({ note: 'still tidying' });
  slow.tell('leave');
  await stopped;
  t.strictSame(events.slice(2), ['slow:still tidying', '-slow shutdown']);
});

t.test('who overstays its shutdown time is killed, with its children', async (t) => {
  const { clock, system, events, settle } = setStage();
  const slow = system.spawn('slow', player('slow', events, trapping), { shutdown_ms: 1000 });
  run(slow, (context) => void context.spawn('child', player('child', events, trapping)));
  await settle();
  void system.stop();
  await clock.advance(999);
  t.strictSame(events, ['+slow', '+child', 'slow hears / shutdown']);
  await clock.advance(1);
  t.strictSame(events.slice(3), ['-child killed', '-slow killed']);
});

t.test('a child that overstays does not hold up its parent beyond its own time', async (t) => {
  const { clock, system, events, settle } = setStage();
  const parent = system.spawn('parent', player('parent', events));
  run(parent, (context) => {
    context.spawn('quick', player('quick', events));
    context.spawn('slow', player('slow', events, trapping), { shutdown_ms: 300 });
    context.spawn('never_asked', player('never_asked', events, trapping), { shutdown_ms: 'brutal_kill' });
  });
  await settle();
  events.length = 0;
  void system.stop();
  await clock.advance(299);
  t.strictSame(events, ['-never_asked killed', 'slow hears /parent shutdown']);
  await clock.advance(1);
  t.strictSame(events.slice(2), ['-slow killed', '-quick shutdown', '-parent shutdown']);
});

t.test('infinity waits for ever, and the default for five seconds', async (t) => {
  const { clock, system, events } = setStage();
  system.spawn('patient', player('patient', events, trapping), { shutdown_ms: 'infinity' });
  system.spawn('usual', player('usual', events, trapping));
  void system.stop();
  await clock.advance(4999);
  t.notMatch(events, ['-usual killed']);
  await clock.advance(1);
  t.equal(events.at(-1), '-usual killed');
  await clock.advance(86_400_000);
  t.match(system.status(), [{ path: '/patient' }]);
});

t.test('every call of stop resolves when all have ended', async (t) => {
  const { system, events } = setStage();
  system.spawn('a', player('a', events));
  await Promise.all([system.stop(), system.stop()]);
  await system.stop();
  t.strictSame(events, ['+a', '-a shutdown']);
});

t.test('unlinking from either side unties both', async (t) => {
  const { system, events, settle } = setStage();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => system.spawn(name, player(name, events)));
  if (a === undefined || b === undefined || c === undefined) return;
  for (const other of [b, c]) run(a, (context) => context.link(other));
  run(b, (context) => context.unlink(a));
  run(a, (context) => context.unlink(c));
  await settle();
  a.tell('crash');
  await settle();
  t.strictSame(events.slice(3), ['-a crashed']);
});

t.test('a second watch replaces the first, and unwatching ends it', async (t) => {
  const { system, events, settle } = setStage();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => system.spawn(name, player(name, events)));
  if (a === undefined || b === undefined || c === undefined) return;
  for (const note of ['first', 'second']) run(c, (context) => context.watch(a, () => ({ note })));
  run(c, (context) => context.watch(b, () => ({ note: 'third' })));
  run(c, (context) => context.unwatch(b));
  await settle();
  a.tell('leave');
  b.tell('leave');
  await settle();
  t.strictSame(events.slice(3), ['-a normal', '-b normal', 'c:second']);
});

t.test('actors of one name in different places do not get mixed up', async (t) => {
  const { system, events, settle } = setStage();
  const top = system.spawn('a', player('a', events));
  const house = system.spawn('house', player('house', events));
  run(house, (context) => context.spawn('a', player('inner', events)).tell('leave'));
  await settle();
  t.strictSame(
    system.status().map(({ path }) => path),
    ['/a', '/house'],
  );
  t.throws(() => system.spawn('a', player('other', events)), /'\/a' already/);
  t.throws(() => system.spawn('a/b', player('other', events)), /cannot be the name/);
  t.equal(top.tell('leave'), 'accepted');
});

t.test('who was asked to end is not asked again', async (t) => {
  const { clock, system, events, settle } = setStage();
  const slow = system.spawn('slow', player('slow', events, trapping), { shutdown_ms: 100 });
  const boss = system.spawn('boss', player('boss', events));
  run(boss, (context) => context.stop(slow));
  await clock.advance(60);
  run(boss, (context) => context.stop(slow));
  await settle();
  t.strictSame(events, ['+slow', '+boss', 'slow hears /boss shutdown']);
  await clock.advance(40);
  t.strictSame(events.slice(3), ['-slow killed'], 'and gets no more time');
});

t.test('nothing that an actor started outlives it', async (t) => {
  const { system, events, settle, timers } = setStage();
  const a = system.spawn('a', player('a', events, trapping));
  run(a, (context) => {
    context.startTimer('one', 1000, 'leave');
    context.startTimer('two', 1000, 'leave');
    context.startTimer('two', 2000, 'leave');
    context.cancelTimer('one');
  });
  await settle();
  t.equal(timers(), 1);
  void system.stop();
  await settle();
  t.equal(timers(), 2, 'its timer and its shutdown time');
  a.tell('leave');
  await settle();
  t.equal(timers(), 0);
});

t.test('an actor that is ending starts nobody', async (t) => {
  const { system, events, settle } = setStage();
  const crashes: string[] = [];
  system.on('crashed', (path, error) => crashes.push(`${path} ${error.message}`));
  const behaviour = player('parent', events);
  system
    .spawn<'leave', { spawn: () => void }>('parent', {
      init: (context) => ({ spawn: () => void context.spawn('late', behaviour) }),
      receive: (state, _message, context) => {
        context.stopSelf();
        return state;
      },
      stopped: ({ spawn }) => spawn(),
    })
    .tell('leave');
  await settle();
  t.strictSame(crashes, ['/parent /parent is ending and has no more children']);
  t.strictSame(system.status(), []);
});

import t from 'tap';
import type { Terminated } from '../../../actors/types.ts';
import { player, run, trapping } from '../stage.ts';
import { keep, withCounter } from './counter.ts';
import { twoNodes } from './two-nodes.ts';

t.test('the end of a watched actor is told with its reason', async (t) => {
  for (const [last, reason] of [
    ['leave', { kind: 'normal' }],
    ['crash', { kind: 'crashed', error: { name: 'RangeError', message: 'it counted too far' } }],
  ] as const) {
    const { here, events, ref, settle } = withCounter();
    const seen: Terminated[] = [];
    const watcher = here.system.spawn('watcher', player('watcher', events));
    run(watcher, (context) => {
      context.watch(ref, (gone) => {
        seen.push(gone);
        return { gone };
      });
    });
    await settle();
    t.strictSame(seen, []);
    const waiting = here.system.ask(ref, keep, 1000);
    ref.tell({ type: last });
    await settle();
    t.match(seen, [{ path: 'there:counter', reason }]);
    t.match(await waiting, { error: { reason: 'actor_stopped' } });
    run(watcher, (context) => context.watch(ref, (gone) => ({ gone })));
    await settle();
    t.match(events, ['+watcher', /watcher sees/, `watcher sees there:counter ${reason.kind}`]);
  }
});

t.test('who is not watched any more is not told of', async (t) => {
  const { here, events, ref, settle } = withCounter();
  const watcher = here.system.spawn('watcher', player('watcher', events));
  run(watcher, (context) => {
    context.watch(ref, (gone) => ({ gone }));
    context.unwatch(ref);
  });
  ref.tell({ type: 'leave' });
  await settle();
  t.strictSame(events, ['+watcher']);
});

t.test('links tie fates across processes, both ways', async (t) => {
  for (const who of ['here', 'there'] as const) {
    const { here, there, events, settle } = twoNodes();
    const far = there.system.spawn('far', player('far', events));
    there.node.expose('far', far);
    const near = here.system.spawn('near', player('near', events));
    run(near, (context) => context.link(here.node.remote('far')));
    await settle();
    t.strictSame(events, ['+far', '+near']);
    (who === 'here' ? near : far).tell('crash');
    await settle();
    t.strictSame(events.slice(2).toSorted(), ['-far crashed', '-near crashed'], `${who} crashed first`);
    t.match([here.node.status().exported, there.node.status().imported], [0, 0]);
  }
});

t.test('links can be trapped, untied, and are answered by the dead', async (t) => {
  const { here, there, events, settle } = twoNodes();
  const far = there.system.spawn('far', player('far', events, trapping));
  there.node.expose('far', far);
  const ref = here.node.remote('far');
  const near = here.system.spawn('near', player('near', events, trapping));
  const loose = here.system.spawn('loose', player('loose', events));
  run(near, (context) => {
    context.link(ref);
    context.link(here.node.remote('nobody'));
  });
  run(loose, (context) => {
    context.link(ref);
    context.unlink(ref);
  });
  await settle();
  t.strictSame(events.slice(3), ['near hears there:nobody no_such_actor']);
  loose.tell('crash');
  await settle();
  t.strictSame(events.slice(4), ['-loose crashed'], 'who is not tied any more falls alone');
  near.tell('crash');
  await settle();
  t.strictSame(events.slice(5), ['-near crashed', 'far hears here:/near crashed']);
});

t.test('actors of another process can be ordered to end', async (t) => {
  const { here, there, events, settle } = twoNodes();
  for (const name of ['asked', 'killed']) {
    there.node.expose(name, there.system.spawn(name, player(name, events, trapping)));
  }
  const boss = here.system.spawn('boss', player('boss', events));
  run(boss, (context) => {
    context.stop(here.node.remote('asked'));
    context.kill(here.node.remote('killed'));
  });
  await settle();
  t.strictSame(events.slice(3), ['asked hears here:/boss shutdown', '-killed killed']);
});

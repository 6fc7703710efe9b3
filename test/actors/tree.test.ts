import t from 'tap';
import { supervisor } from '../../actors/supervisor.ts';
import { formatActorTree } from '../../actors/tree.ts';
import type { ActorRef, SupervisorSpec } from '../../actors/types.ts';
import { type Order, player, setStage, trapping } from './stage.ts';

t.test('the tree of actors can be printed, with what is worth a word about each', async (t) => {
  const { clock, system, events } = setStage();
  let fragile: ActorRef<Order> | undefined;
  const team: SupervisorSpec = {
    strategy: 'rest_for_one',
    intensity: 3,
    period_ms: 1000,
    children: [
      {
        id: 'fragile',
        restart: 'permanent',
        start: (context) =>
          (fragile = context.spawn(player('fragile', events, { describe: () => 'handles with care' }))),
      },
      {
        id: 'stubborn',
        restart: 'permanent',
        start: (context) =>
          context.spawn(player('stubborn', events, trapping), {
            mailbox: { capacity: 1, overflow: 'drop-newest' },
          }),
      },
    ],
  };
  system.supervise('app', {
    strategy: 'one_for_one',
    intensity: 1,
    period_ms: 1000,
    children: [
      { id: 'team', restart: 'permanent', start: (context) => context.spawn(supervisor(team)) },
      { id: 'log', restart: 'temporary', start: (context) => context.spawn(player('log', events)) },
    ],
  });
  const lonely = system.spawn('lonely', player('lonely', events));
  fragile?.tell('crash');
  await clock.advance(5000);
  await clock.advance(0);
  for (const note of ['1', '2']) lonely.tell({ note });
  t.equal(
    formatActorTree(system.status()),
    [
      '/app  one_for_one, 0 of 1 restarts',
      '├─ team  rest_for_one, 1 of 3 restarts',
      '│  ├─ fragile  handles with care, restarted 1×',
      '│  └─ stubborn  restarted 1×',
      '└─ log',
      '/lonely  2 of 10000 waiting',
    ].join('\n'),
  );
  void system.stop();
  await clock.advance(0);
  t.match(formatActorTree(system.status()), /^\/app {2}.*stopping$/m);
  t.equal(formatActorTree([]), '');
});

t.test('a description that throws does not break the tree', async (t) => {
  const { system, events } = setStage();
  system.spawn(
    'a',
    player('a', events, {
      describe: () => {
        throw new Error('no words');
      },
    }),
  );
  t.equal(formatActorTree(system.status()), '/a  cannot be described: no words');
});

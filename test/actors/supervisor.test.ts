import t from 'tap';
import { addRestart } from '../../actors/restart-intensity.ts';
import { createActorSystem } from '../../actors/system.ts';
import type {
  ActorRef,
  ActorSystem,
  Behaviour,
  ChildSpec,
  RestartType,
  Strategy,
} from '../../actors/types.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';

type Order = 'crash' | 'leave';

interface House {
  readonly clock: SimulatedClock;
  readonly system: ActorSystem;
  readonly lives: string[];
  readonly refs: Map<string, ActorRef<Order>>;
}

const build = (strategy: Strategy, restart: RestartType = 'permanent', intensity = 3): House => {
  const clock = new SimulatedClock();
  const system = createActorSystem({ clock, random: seededRandom(7) });
  const lives: string[] = [];
  const refs = new Map<string, ActorRef<Order>>();
  const worker = (id: string): Behaviour<Order, undefined> => ({
    init: () => void lives.push(`+${id}`) as undefined,
    receive: (_state, order, context) => {
      if (order === 'crash') throw new Error(`${id} crashed`);
      context.stopSelf();
      return undefined;
    },
    stopped: () => void lives.push(`-${id}`),
  });
  const child = (id: string): ChildSpec => ({
    id,
    restart,
    backoff: { first_ms: 100, max_ms: 1000, jitter: 0 },
    start: (context) => {
      const ref = context.spawn(worker(id));
      refs.set(id, ref);
      return ref;
    },
  });
  system.supervise('house', { strategy, intensity, period_ms: 10_000, children: ['a', 'b', 'c'].map(child) });
  return { clock, system, lives, refs };
};

t.test('one_for_one restarts the one that died, after its back-off; siblings keep its address', async (t) => {
  const { clock, system, lives, refs } = build('one_for_one');
  const b = refs.get('b');
  b?.tell('crash');
  await clock.advance(99);
  t.strictSame(lives, ['+a', '+b', '+c', '-b']);
  t.equal(b?.tell('crash'), 'stopped', 'between two lives there is nobody');
  await clock.advance(1);
  t.strictSame(lives, ['+a', '+b', '+c', '-b', '+b']);
  t.equal(b?.tell('leave'), 'accepted', 'the old address reaches the new life');
  t.match(
    system.status().find((actor) => actor.path === '/house/b'),
    { restarts: 1 },
  );
});

t.test('rest_for_one stops the later ones in reverse and starts all in order', async (t) => {
  const { clock, lives, refs } = build('rest_for_one');
  refs.get('b')?.tell('crash');
  await clock.advance(100);
  t.strictSame(lives, ['+a', '+b', '+c', '-b', '-c', '+b', '+c']);
});

t.test('transient comes back after a crash only, temporary never', async (t) => {
  for (const [restart, order, comesBack] of [
    ['transient', 'leave', false],
    ['transient', 'crash', true],
    ['temporary', 'crash', false],
    ['permanent', 'leave', true],
  ] as const) {
    const { clock, lives, refs } = build('one_for_one', restart);
    refs.get('a')?.tell(order);
    await clock.advance(1000);
    t.equal(lives.filter((life) => life === '+a').length, comesBack ? 2 : 1, `${restart} ${order}`);
  }
});

t.test('too many restarts in the period end the supervisor and its children', async (t) => {
  const { clock, system, lives, refs } = build('one_for_one', 'permanent', 2);
  const escalated: string[] = [];
  system.on('escalated', (path) => escalated.push(path));
  for (let death = 0; death < 3; death += 1) {
    refs.get('a')?.tell('crash');
    await clock.advance(1000);
  }
  t.strictSame(escalated, ['/house']);
  t.strictSame(lives.slice(-2), ['-c', '-b'], 'nobody is left behind');
  t.strictSame(system.status(), []);
});

t.test('deaths that are far enough apart never escalate', async (t) => {
  const { clock, system, refs } = build('one_for_one', 'permanent', 1);
  for (let death = 0; death < 10; death += 1) {
    refs.get('a')?.tell('crash');
    await clock.advance(20_000);
  }
  t.equal(system.status().length, 4);
});

t.test('the restart decision counts only what lies within the period', async (t) => {
  const limit = { intensity: 1, period_ms: 100 };
  const first = addRestart([], 0, limit);
  t.strictSame(first, { history: [0], exceeded: false });
  t.strictSame(addRestart(first.history, 100, limit), { history: [0, 100], exceeded: true });
  t.strictSame(addRestart(first.history, 101, limit), { history: [101], exceeded: false });
});

t.test('a spec is checked before anything starts', async (t) => {
  const system = createActorSystem({ clock: new SimulatedClock(), random: seededRandom(1) });
  const child: ChildSpec = { id: 'x', restart: 'permanent', start: () => t.fail('started') as never };
  t.throws(
    () =>
      system.supervise('s', {
        strategy: 'one_for_one',
        intensity: 1,
        period_ms: 1,
        children: [child, child],
      }),
    /'x'/,
  );
});

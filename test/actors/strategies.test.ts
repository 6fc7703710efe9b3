import t from 'tap';
import { supervisor } from '../../actors/supervisor.ts';
import type { ActorRef, ChildSpec, RestartType, SupervisorSpec } from '../../actors/types.ts';
import { type Order, player, type Stage, setStage, trapping } from './stage.ts';

const limits = { intensity: 3, period_ms: 10_000 };

interface House extends Stage {
  readonly refs: Map<string, ActorRef<Order>>;
  child(id: string, restart: RestartType, more?: Partial<ChildSpec>): ChildSpec;
  supervise(spec: Partial<SupervisorSpec> & Pick<SupervisorSpec, 'children'>): void;
}

const house = (): House => {
  const stage = setStage();
  const refs = new Map<string, ActorRef<Order>>();
  return {
    ...stage,
    refs,
    child: (id, restart, more = {}) => ({
      id,
      restart,
      start: (context) => {
        const ref = context.spawn(player(id, stage.events));
        refs.set(id, ref);
        return ref;
      },
      ...more,
    }),
    supervise: (spec) => {
      stage.system.supervise('house', { strategy: 'one_for_one', ...limits, ...spec });
    },
  };
};

t.test('one_for_all stops all others youngest first and starts all in order', async (t) => {
  const { clock, events, refs, child, supervise } = house();
  const backoff = { first_ms: 100, max_ms: 100, jitter: 0 };
  const children = ['a', 'b', 'c'].map((id) => child(id, 'permanent', { backoff }));
  supervise({ strategy: 'one_for_all', children });
  refs.get('b')?.tell('crash');
  await clock.advance(99);
  t.strictSame(events.slice(3), ['-b crashed', '-c shutdown', '-a shutdown']);
  await clock.advance(1);
  t.strictSame(events.slice(6), ['+a', '+b', '+c']);
});

t.test('a restart that falls due while siblings are still ending waits for them', async (t) => {
  const { clock, events, refs, child, supervise } = house();
  const backoff = { first_ms: 100, max_ms: 100, jitter: 0 };
  supervise({
    strategy: 'rest_for_one',
    children: [
      child('a', 'permanent'),
      child('b', 'permanent', {
        shutdown_ms: 500,
        start: (context) => context.spawn(player('b', events, trapping)),
      }),
      child('c', 'permanent', { backoff }),
    ],
  });
  refs.get('c')?.tell('crash');
  await clock.advance(50);
  refs.get('a')?.tell('crash');
  await clock.advance(499);
  t.strictSame(events.slice(3), ['-c crashed', '-a crashed', 'b hears /house shutdown']);
  await clock.advance(101);
  t.strictSame(events.slice(6), ['-b killed', '+a', '+b', '+c']);
});

t.test(
  'siblings of a dead child: a temporary one goes for good, a finished transient one comes again',
  async (t) => {
    for (const [strategy, expected] of [
      ['one_for_all', ['-d crashed', '-temporary shutdown', '-a shutdown', '+a', '+transient', '+d']],
      ['rest_for_one', ['-d crashed', '+d']],
    ] as const) {
      const { clock, events, refs, child, supervise } = house();
      const children = [
        child('a', 'permanent'),
        child('transient', 'transient'),
        child('temporary', 'temporary'),
        child('d', 'permanent'),
      ];
      supervise({ strategy, children });
      refs.get('transient')?.tell('leave');
      await clock.advance(1);
      events.length = 0;
      refs.get('d')?.tell('crash');
      await clock.advance(1);
      t.strictSame(events, expected, strategy);
    }
  },
);

t.test('a transient child comes back after a crash or a kill, not after an orderly end', async (t) => {
  const { clock, system, events, refs, child, supervise } = house();
  supervise({ children: [child('a', 'transient')] });
  const boss = system.spawn('boss', player('boss', events));
  const order = (what: 'kill' | 'stop'): void => {
    boss.tell({
      run: (context) => {
        const a = refs.get('a');
        if (a !== undefined) context[what](a);
      },
    });
  };
  order('kill');
  await clock.advance(1);
  order('stop');
  await clock.advance(1);
  t.strictSame(events, ['+a', '+boss', '-a killed', '+a', '-a shutdown']);
});

t.test('one for one, children wait for their own back-off only', async (t) => {
  const { clock, events, refs, child, supervise } = house();
  const slow = { first_ms: 1000, max_ms: 1000, jitter: 0 };
  supervise({ children: [child('a', 'permanent', { backoff: slow }), child('b', 'permanent')] });
  refs.get('a')?.tell('crash');
  await clock.advance(999);
  refs.get('b')?.tell('crash');
  await clock.advance(1);
  t.strictSame(events.slice(2), ['-a crashed', '-b crashed', '+b', '+a']);
});

t.test('a life longer than the period makes the back-off forget', async (t) => {
  const { clock, events, refs, child, supervise } = house();
  const backoff = { first_ms: 100, max_ms: 10_000, jitter: 0 };
  supervise({ children: [child('a', 'permanent', { backoff })] });
  const crashAndWait = async (wait_ms: number): Promise<void> => {
    events.length = 0;
    refs.get('a')?.tell('crash');
    await clock.advance(wait_ms - 1);
    t.strictSame(events, ['-a crashed']);
    await clock.advance(1);
    t.strictSame(events, ['-a crashed', '+a']);
  };
  await crashAndWait(100);
  await crashAndWait(200);
  await clock.advance(limits.period_ms + 1);
  await crashAndWait(100);
});

t.test('a significant child that ends for good ends the supervisor: any or all of them', async (t) => {
  const { clock, system, events, refs, child, supervise } = house();
  const significant = { significant: true };
  supervise({
    autoShutdown: 'any_significant',
    children: [child('a', 'permanent'), child('b', 'transient', significant), child('c', 'temporary')],
  });
  refs.get('c')?.tell('crash');
  refs.get('b')?.tell('crash');
  await clock.advance(1);
  t.strictSame(events.slice(3), ['-c crashed', '-b crashed', '+b'], 'neither was a significant end');
  refs.get('b')?.tell('leave');
  await clock.advance(1);
  t.strictSame(events.slice(6), ['-b normal', '-a shutdown']);
  t.strictSame(system.status(), []);

  const all = house();
  all.supervise({
    autoShutdown: 'all_significant',
    children: ['a', 'b'].map((id) => all.child(id, 'temporary', significant)),
  });
  all.refs.get('b')?.tell('crash');
  await all.clock.advance(1);
  t.match(all.system.status(), [{ path: '/house' }, { path: '/house/a' }]);
  all.refs.get('a')?.tell('leave');
  await all.clock.advance(1);
  t.strictSame(all.system.status(), []);
});

t.test('a child is stopped as its spec says: within its time, or not asked at all', async (t) => {
  const { clock, system, events, child, supervise } = house();
  const stubborn = (id: string, shutdown_ms: number | 'brutal_kill'): ChildSpec =>
    child(id, 'permanent', { shutdown_ms, start: (context) => context.spawn(player(id, events, trapping)) });
  supervise({ children: [stubborn('a', 200), stubborn('b', 'brutal_kill')] });
  void system.stop();
  await clock.advance(199);
  t.strictSame(events.slice(2), ['-b killed', 'a hears /house shutdown']);
  await clock.advance(1);
  t.strictSame(events.slice(4), ['-a killed']);
  t.strictSame(system.status(), []);
});

t.test(
  'a start that throws, spawns nothing or throws too late counts as a crash and leaves nothing',
  async (t) => {
    const failing: readonly ChildSpec['start'][] = [
      () => {
        throw new Error('no start');
      },
      () => ({ path: '/elsewhere', tell: () => 'stopped' }),
      (context) => {
        context.spawn(player('half', []));
        throw new Error('too late');
      },
      (context) =>
        context.spawn({
          init: () => {
            throw new Error('no start');
          },
          receive: () => undefined,
        }),
    ];
    for (const [index, start] of failing.entries()) {
      const { clock, system, events, child, supervise } = house();
      const escalated: string[] = [];
      system.on('escalated', (path, reason) => escalated.push(`${path} ${reason.kind}`));
      const backoff = { first_ms: 100, max_ms: 100, jitter: 0 };
      supervise({ children: [child('bad', 'permanent', { start, backoff }), child('good', 'permanent')] });
      await clock.advance(99);
      t.match(
        system.status(),
        [{ path: '/house', note: 'one_for_one, 1 of 3 restarts, bad down' }, { path: '/house/good' }],
        `${index}`,
      );
      t.equal(system.status().length, 2, `${index}: nothing is half alive`);
      await clock.advance(201);
      t.strictSame(escalated, ['/house crashed'], `${index}`);
      t.strictSame(system.status(), []);
      t.strictSame(events, ['+good', '-good shutdown']);
    }
  },
);

t.test('a supervisor under a supervisor escalates to it and begins afresh', async (t) => {
  const { clock, system, events, refs, child, supervise } = house();
  const escalated: string[] = [];
  system.on('escalated', (path) => escalated.push(path));
  const team: SupervisorSpec = {
    strategy: 'one_for_one',
    intensity: 1,
    period_ms: 1000,
    children: [child('a', 'permanent'), child('b', 'permanent')],
  };
  supervise({
    children: [
      { id: 'team', restart: 'permanent', start: (context) => context.spawn(supervisor(team)) },
      child('other', 'permanent'),
    ],
  });
  for (let death = 0; death < 2; death += 1) {
    refs.get('a')?.tell('crash');
    await clock.advance(1);
  }
  t.strictSame(escalated, ['/house/team']);
  t.strictSame(events.slice(3), ['-a crashed', '+a', '-a crashed', '-b shutdown', '+a', '+b']);
  t.match(
    system.status().map(({ path, restarts }) => `${path} ${restarts}`),
    ['/house 0', '/house/other 0', '/house/team 1', '/house/team/a 0', '/house/team/b 0'],
  );
});

t.test('a supervisor waits for its children as long as they may take', async (t) => {
  const { clock, system, events, child, supervise } = house();
  supervise({
    children: [
      child('a', 'permanent', {
        shutdown_ms: 60_000,
        start: (context) => context.spawn(player('a', events, trapping)),
      }),
    ],
  });
  void system.stop();
  await clock.advance(59_999);
  t.match(system.status(), [
    { path: '/house', state: 'stopping' },
    { path: '/house/a', state: 'stopping' },
  ]);
  await clock.advance(1);
  t.strictSame(system.status(), []);
});

t.test('everything that is wrong with a spec is said at once, before anything starts', async (t) => {
  const { child } = house();
  const start: ChildSpec['start'] = () => t.fail('started') as never;
  t.throws(
    () =>
      supervisor({
        strategy: 'one_for_one',
        intensity: -1,
        period_ms: 0,
        children: [
          child('x', 'permanent', { start, significant: true }),
          child('x', 'temporary', { start, significant: true, shutdown_ms: -5 }),
          child('a/b', 'permanent', { start, backoff: { first_ms: 10, max_ms: 1, jitter: 2 } }),
        ],
      }),
    {
      message: [
        'a supervisor cannot start: intensity is a number of restarts, not -1',
        'period_ms is a length of time, not 0',
        "two children are called 'x'",
        "child 'x': what is permanent never ends for good, so it cannot be significant",
        "child 'x': it is significant, but autoShutdown is never",
        "child 'x': it is significant, but autoShutdown is never",
        "child 'x': shutdown_ms is a length of time, not -5",
        "child 'a/b': an id is not empty and has no slash",
        "child 'a/b': of a backoff, first_ms is at least 0, max_ms at least that, and jitter 0 to 1",
      ].join('; '),
    },
  );
});

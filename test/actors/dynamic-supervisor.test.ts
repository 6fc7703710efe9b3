import t from 'tap';
import { dynamicSupervisor } from '../../actors/dynamic-supervisor.ts';
import type { ActorRef, DynamicOrder, DynamicSupervisorSpec, StartFailure } from '../../actors/types.ts';
import type { Result } from '../../protocol/result.ts';
import { type Order, player, type Stage, setStage } from './stage.ts';

type Started = Result<ActorRef<Order>, StartFailure>;

interface Pool extends Stage {
  readonly pool: ActorRef<DynamicOrder<string, Order>>;
  start(name: string): Promise<Started>;
  startOrFail(name: string): Promise<ActorRef<Order>>;
}

const openPool = (spec: Partial<DynamicSupervisorSpec<string, Order>> = {}): Pool => {
  const stage = setStage();
  const pool = stage.system.spawn(
    'pool',
    dynamicSupervisor<string, Order>({
      restart: 'transient',
      intensity: 2,
      period_ms: 1000,
      maxChildren: 3,
      start: (name, context) => context.spawn(player(name, stage.events)),
      ...spec,
    }),
  );
  const start = async (args: string): Promise<Started> => {
    const answer = stage.system.ask<DynamicOrder<string, Order>, Started>(
      pool,
      (replyTo) => ({ type: 'start_child', args, replyTo }),
      100,
    );
    const told = await answer;
    if (!told.ok) throw new Error(told.error.message);
    return told.value;
  };
  return {
    ...stage,
    pool,
    start,
    startOrFail: async (name) => {
      const started = await start(name);
      if (!started.ok) throw new Error(started.error.message);
      return started.value;
    },
  };
};

t.test('children are started with arguments of their own, restarted with them, and counted', async (t) => {
  const { clock, system, events, pool, start, startOrFail } = openPool();
  const ann = await startOrFail('ann');
  const bob = await startOrFail('bob');
  t.strictSame([ann.path, bob.path], ['/pool/1', '/pool/2']);
  ann.tell('crash');
  await clock.advance(1);
  bob.tell('leave');
  await clock.advance(1);
  t.strictSame(events, ['+ann', '+bob', '-ann crashed', '+ann', '-bob normal']);
  t.equal(ann.tell({ note: 'again' }), 'accepted', 'the address outlives the life');
  t.match(system.status(), [
    { note: 'dynamic, 1 of 3 children, 1 of 2 restarts' },
    { path: '/pool/1', restarts: 1 },
  ]);
  await startOrFail('cid');
  await startOrFail('dan');
  t.match(await start('eve'), { ok: false, error: { reason: 'max_children' } });
  pool.tell({ type: 'terminate_child', child: ann });
  await clock.advance(0);
  t.match(await start('eve'), { ok: true, value: { path: '/pool/5' } });
});

t.test('a terminated child does not come back, not even from its back-off', async (t) => {
  const { clock, system, events, pool, startOrFail, timers } = openPool({
    restart: 'permanent',
    backoff: { first_ms: 100, max_ms: 100, jitter: 0 },
  });
  const ann = await startOrFail('ann');
  const bob = await startOrFail('bob');
  bob.tell('crash');
  await clock.advance(50);
  pool.tell({ type: 'terminate_child', child: ann });
  pool.tell({ type: 'terminate_child', child: bob });
  pool.tell({ type: 'terminate_child', child: bob });
  await clock.advance(0);
  t.equal(timers(), 0);
  await clock.advance(1000);
  t.strictSame(events, ['+ann', '+bob', '-bob crashed', '-ann shutdown']);
  t.equal(system.status().length, 1);
});

t.test('a child that does not come up is not kept, and whoever asked hears why', async (t) => {
  const { clock, system, start } = openPool({
    start: (name, context) => {
      if (name === 'throws') throw new Error('cannot start');
      return context.spawn({
        init: () => {
          throw new Error('cannot begin');
        },
        receive: () => undefined,
      });
    },
  });
  t.match(await start('throws'), {
    error: { reason: 'start_failed', message: '/pool/1 did not start: cannot start' },
  });
  t.match(await start('other'), {
    error: { reason: 'start_failed', message: '/pool/2 did not start: cannot begin' },
  });
  await clock.advance(1000);
  t.match(system.status(), [{ note: 'dynamic, 0 of 3 children, 0 of 2 restarts' }]);
  t.equal(system.status().length, 1);
});

t.test('too many restarts end the supervisor and all its children', async (t) => {
  const { clock, system, events, startOrFail } = openPool();
  const escalated: string[] = [];
  system.on('escalated', (path) => escalated.push(path));
  const ann = await startOrFail('ann');
  await startOrFail('bob');
  for (let death = 0; death < 3; death += 1) {
    ann.tell('crash');
    await clock.advance(1);
  }
  t.strictSame(escalated, ['/pool']);
  t.equal(events.at(-1), '-bob shutdown');
  t.strictSame(system.status(), []);
});

t.test('a temporary child never comes back', async (t) => {
  const { clock, events, startOrFail } = openPool({ restart: 'temporary' });
  (await startOrFail('ann')).tell('crash');
  await clock.advance(1000);
  t.strictSame(events, ['+ann', '-ann crashed']);
});

t.test('a spec without bounds is refused', async (t) => {
  t.throws(() => openPool({ maxChildren: 0, period_ms: Number.NaN }), {
    message:
      'a supervisor cannot start: period_ms is a length of time, not NaN; ' +
      'maxChildren is a number of at least 1, not 0',
  });
});

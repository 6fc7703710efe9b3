/** Jobs that run side by side, one of which crashes and is started again, and a tally that answers when all are done. */
import { nodeClock } from '../../platform/node/clock.ts';
import { nodeRandom } from '../../platform/node/random.ts';
import {
  type ActorRef,
  type Behaviour,
  createActorSystem,
  type DynamicOrder,
  dynamicSupervisor,
  formatActorTree,
} from '../index.ts';

type TallyMessage =
  | { readonly type: 'done'; readonly job: string }
  | { readonly type: 'wait_for'; readonly jobs: number; readonly replyTo: ActorRef<readonly string[]> };

/** Remembers what is done. A question that cannot be answered yet is stashed until something changes. */
const tally: Behaviour<TallyMessage, readonly string[]> = {
  init: () => [],
  receive: (done, message, context) => {
    if (message.type === 'done') {
      context.unstashAll();
      return [...done, message.job];
    }
    if (done.length >= message.jobs) message.replyTo.tell(done);
    else context.stash();
    return done;
  },
  describe: (done) => `${done.length} done`,
};

interface Job {
  readonly name: string;
  readonly takes_ms: number;
  /** How often it crashes before it gets through. */
  crashes: number;
}

const worker = (job: Job, report: ActorRef<TallyMessage>): Behaviour<'finished', undefined> => ({
  init: (context) => {
    context.startTimer('work', job.takes_ms, 'finished');
    return undefined;
  },
  receive: (state, _finished, context) => {
    if (job.crashes > 0) {
      job.crashes -= 1;
      throw new Error(`${job.name} fell over`);
    }
    report.tell({ type: 'done', job: job.name });
    context.stopSelf();
    return state;
  },
  describe: () => job.name,
});

const system = createActorSystem({ clock: nodeClock, random: nodeRandom });
system.on('crashed', (path, error) => console.log(`${path} crashed: ${error.message}`));

const parts: { tally?: ActorRef<TallyMessage>; pool?: ActorRef<DynamicOrder<Job, 'finished'>> } = {};
system.supervise('app', {
  strategy: 'rest_for_one',
  intensity: 3,
  period_ms: 10_000,
  children: [
    { id: 'tally', restart: 'permanent', start: (context) => (parts.tally = context.spawn(tally)) },
    {
      id: 'jobs',
      restart: 'permanent',
      start: (context) => {
        const report = parts.tally;
        if (report === undefined) throw new Error('the tally starts first');
        const start = (job: Job, child: typeof context): ActorRef<'finished'> =>
          child.spawn(worker(job, report));
        const limits = { restart: 'transient', intensity: 5, period_ms: 1000, maxChildren: 100 } as const;
        parts.pool = context.spawn(dynamicSupervisor<Job, 'finished'>({ start, ...limits }));
        return parts.pool;
      },
    },
  ],
});

const { tally: everything, pool } = parts;
if (everything === undefined || pool === undefined) throw new Error('the app did not start');
pool.tell({ type: 'start_child', args: { name: 'resize pictures', takes_ms: 10, crashes: 0 } });
pool.tell({ type: 'start_child', args: { name: 'send letters', takes_ms: 100, crashes: 1 } });

const finished = (jobs: number): ReturnType<typeof system.ask<TallyMessage, readonly string[]>> =>
  system.ask<TallyMessage, readonly string[]>(
    everything,
    (replyTo) => ({ type: 'wait_for', jobs, replyTo }),
    5000,
  );

const first = await finished(1);
console.log(formatActorTree(system.status()));
const all = await finished(2);
console.log(first.ok && all.ok ? `done: ${all.value.join(', ')}` : 'the jobs took too long');
await system.stop();

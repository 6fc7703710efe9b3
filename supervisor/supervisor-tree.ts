import type { ActorRef, ActorSystem, Behaviour, ChildSpec } from '../actors/types.ts';
import type { DecoratorBoard } from './decorators/decorator-board.ts';
import { type DecoratorsMessage, decorators } from './decorators/decorators.ts';
import { distributedPoller } from './distributed/poller.ts';
import { loggerChildren } from './ledger/logger-children.ts';
import { type RecorderMessage, recorder } from './ledger/recorder.ts';
import { type DiscoveryMessage, discovery } from './packs/discovery.ts';
import type { PackBoard } from './packs/pack-board.ts';
import type { ScheduleBook } from './schedule/schedule-book.ts';
import { type SchedulerDeps, scheduler } from './schedule/scheduler.ts';
import type { SupervisorOptions, SupervisorPorts } from './supervisor.ts';
import { type SelfUsageBoard, selfWatch } from './watchdog/self-watch.ts';
import type { WorkforceMessage } from './workforce/messages.ts';
import { type WorkforceDeps, workforce } from './workforce/workforce.ts';

/** What the rest of the supervisor tells its actors. */
export interface SupervisorTree {
  readonly work: ActorRef<WorkforceMessage>;
  /** Lines were spooled by somebody else than the recorder. */
  deliver(): void;
  /** The boards have packs and decorators of another config. */
  configured(): void;
}

/** What the actors share. */
export interface TreeDeps
  extends WorkforceDeps,
    Pick<SchedulerDeps, 'gauge' | 'weAreBusy' | 'overrides' | 'cpuRuleFrom_ms'> {
  readonly book: ScheduleBook;
  readonly packBoard: PackBoard;
  readonly decoratorBoard: DecoratorBoard;
  readonly selfUsage: SelfUsageBoard;
}

/**
 * Starts the actors, rest_for_one: what tells another one something stands behind it, and is started again with it.
 * Without a ledger there is no schedule, and nobody for it.
 */
export const startTree = (
  system: ActorSystem,
  { ledger, self }: Pick<SupervisorPorts, 'ledger' | 'self'>,
  options: SupervisorOptions,
  deps: TreeDeps,
): SupervisorTree => {
  const work = new Place<WorkforceMessage>('workforce');
  const decorate = new Place<DecoratorsMessage>('decorators');
  const discover = new Place<DiscoveryMessage>('discovery');
  const record = new Place<RecorderMessage>('recorder');
  const { emit, distributed } = options;
  const { book, packBoard, decoratorBoard } = deps;
  const asks = { ...deps, workforce: work, emit };
  const children: ChildSpec[] = [work.child(() => workforce(deps))];
  if (ledger !== undefined) {
    const { lineOptions, mayDefer } = options;
    const nullvalue = (): string => lineOptions().nullvalue;
    const refresh_s = (): number => options.flags().int('pack_refresh_interval');
    const loggers = loggerChildren(options.loggers, { ledger, book, emit });
    const { spooled } = loggers;
    const turned = (key: string): void => void decorate.tell({ type: 'pack_turned', key });
    children.push(
      decorate.child(() => decorators({ ...asks, board: decoratorBoard, packs: packBoard, nullvalue })),
      discover.child(() => discovery({ ...asks, board: packBoard, refresh_s, turned })),
      ...loggers.specs.map((spec) => ({ ...spec, ...always })),
      record.child(() => recorder({ ledger, book, lineOptions, decorators: decoratorBoard, spooled, emit })),
      new Place('scheduler').child(() =>
        scheduler({ ...asks, recorder: record, decorators: decorate, packs: packBoard, mayDefer }),
      ),
    );
  }
  if (distributed !== undefined)
    children.push(new Place('distributed').child(() => distributedPoller({ ...asks, ...distributed })));
  if (self !== undefined) children.push(new Place('self_watch').child(() => selfWatch(self, deps.selfUsage)));
  system.supervise('leash', { strategy: 'rest_for_one', intensity: 5, period_ms: 60_000, children });
  return {
    work,
    deliver: () => void record.tell({ type: 'deliver' }),
    configured: () => {
      // What a pack says of this host decides over its decorators.
      discover.tell({ type: 'config' });
      decorate.tell({ type: 'config' });
    },
  };
};

const backoff = { first_ms: 100, max_ms: 30_000, jitter: 0.2 };
const always = { restart: 'permanent', backoff } as const;

/** A place in the tree: one address for whoever stands there, also for the actor that is started after it crashed. */
class Place<Message> implements ActorRef<Message> {
  readonly #id: string;
  #actor: ActorRef<Message> | undefined;

  constructor(id: string) {
    this.#id = id;
  }

  get path(): string {
    return this.#actor?.path ?? this.#id;
  }

  readonly tell: ActorRef<Message>['tell'] = (message) => this.#actor?.tell(message) ?? 'stopped';

  /** How it is filled. */
  child<State>(behaviour: () => Behaviour<Message, State>): ChildSpec {
    return {
      id: this.#id,
      ...always,
      start: (context) => {
        this.#actor = context.spawn(behaviour());
        return this.#actor;
      },
    };
  }
}

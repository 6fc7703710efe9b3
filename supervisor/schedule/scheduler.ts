import type { ActorRef, Behaviour, Context } from '../../actors/types.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { dueQueries } from '../config/due.ts';
import type { RecorderMessage } from '../ledger/recorder.ts';
import type { WorkforceMessage } from '../workforce/messages.ts';
import { type CollectedRun, collectRun } from './collector.ts';
import type { ScheduleBook, ScheduleEntry } from './schedule-book.ts';

/** To the scheduler. */
export type SchedulerMessage =
  | { readonly type: 'tick' }
  | { readonly type: 'collected'; readonly name: string; readonly run: CollectedRun };

/** What the scheduler needs. */
export interface SchedulerDeps {
  readonly book: ScheduleBook;
  readonly workforce: ActorRef<WorkforceMessage>;
  readonly recorder: ActorRef<RecorderMessage>;
  readonly emit: (event: DaemonEvent) => void;
}

interface State {
  /** Unix second of the first tick; later ones count on the monotonic clock, so a clock jump runs nothing twice. */
  readonly firstTick_s: number;
  readonly started_ms: number;
  nextTick_s: number;
  /** Queries with a startup priority that had their extra run. */
  readonly startedOnce: Set<string>;
}

/** Ticks that were missed (suspend, a busy host) are made up for this long at most; older ones are dropped. */
const catchUp_s = 60;

/** One tick a second: hands every due query to the workforce, unless its former run is not over. */
export const scheduler = (deps: SchedulerDeps): Behaviour<SchedulerMessage, State> => ({
  init: (context) => {
    // After a restart of this actor nobody waits for its former runs.
    for (const entry of deps.book.entries()) deps.book.update(entry.query.name, { running: false });
    const now_ms = context.clock.unixMs();
    const firstTick_s = Math.ceil(now_ms / 1000);
    const started_ms = context.clock.monotonicMs() + (firstTick_s * 1000 - now_ms);
    context.startTimer('tick', firstTick_s * 1000 - now_ms, { type: 'tick' });
    return { firstTick_s, started_ms, nextTick_s: firstTick_s, startedOnce: new Set() };
  },
  receive: (state, message, context) => {
    if (message.type === 'tick') tick(deps, state, context);
    else collected(deps, message.name, message.run, context);
    return state;
  },
});

const tick = (deps: SchedulerDeps, state: State, context: Context<SchedulerMessage>): void => {
  const elapsed_ms = context.clock.monotonicMs() - state.started_ms;
  const now_s = state.firstTick_s + Math.floor((elapsed_ms + 0.5) / 1000);
  state.nextTick_s = Math.max(state.nextTick_s, now_s - catchUp_s);
  const asked = new Set<string>();
  for (; state.nextTick_s <= now_s; state.nextTick_s += 1) {
    for (const entry of dueQueries(deps.book.entries(), state.nextTick_s, state.startedOnce)) {
      if (asked.has(entry.query.name)) continue;
      asked.add(entry.query.name);
      run(deps, entry, context);
    }
  }
  const next_ms = (state.nextTick_s - state.firstTick_s) * 1000 - (context.clock.monotonicMs() - state.started_ms);
  context.startTimer('tick', Math.max(0, next_ms), { type: 'tick' });
};

const run = (deps: SchedulerDeps, entry: ScheduleEntry, context: Context<SchedulerMessage>): void => {
  const { query } = entry;
  if (entry.running) {
    deps.book.update(query.name, { skipped: entry.skipped + 1 });
    const message = `'${query.name}' is due again, but its former run is not over: this start is skipped.`;
    deps.emit({ type: 'log', severity: 'warning', message });
    return;
  }
  deps.book.update(query.name, { running: true });
  deps.workforce.tell({
    type: 'run',
    request: {
      requestId: context.random.id(),
      queryId: query.name,
      scope: entry.scope,
      sql: query.sql,
      sqlHash: entry.sqlHash,
      lane: 'scheduled',
      budget: query.budget,
      mayBeDenied: query.denylist,
      listener: collectRun((collectedRun) =>
        context.self.tell({ type: 'collected', name: query.name, run: collectedRun }),
      ),
    },
  });
};

const collected = (
  deps: SchedulerDeps,
  name: string,
  { columns, rowFrames, outcome }: CollectedRun,
  context: Context<SchedulerMessage>,
): void => {
  const entry = deps.book.get(name);
  if (entry === undefined) return;
  for (const warning of outcome.warnings) {
    deps.emit({ type: 'log', severity: 'warning', message: `'${name}': ${warning}` });
  }
  const { failure } = outcome;
  if (failure !== undefined) {
    // A denied query says so once, when it is denied; not at every start that it misses.
    const repeated = failure.reason === 'denied' && entry.lastFailure === failure.message;
    if (!repeated) deps.emit({ type: 'query_failed', name, message: failure.message });
    deps.book.update(name, { running: false, lastFailure: failure.message });
    return;
  }
  deps.recorder.tell({
    type: 'record',
    query: entry.query,
    columns,
    rowFrames,
    cost: outcome.cost,
    finished_unix_ms: context.clock.unixMs(),
  });
};

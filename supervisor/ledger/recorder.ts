import type { Behaviour, Context } from '../../actors/types.ts';
import type { StoreFailure } from '../../platform/guard-store.ts';
import type { CommittedRun, Delivery, Ledger, LineOptions, QueryPerformance } from '../../platform/ledger.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { Result } from '../../protocol/result.ts';
import type { StatementFrames } from '../../protocol/row-batches.ts';
import type { RunCost } from '../../protocol/run.ts';
import type { ScheduledQuery } from '../config/config.ts';
import type { DecoratorBoard } from '../decorators/decorator-board.ts';
import type { ScheduleBook } from '../schedule/schedule-book.ts';

/** To the recorder. */
export type RecorderMessage =
  | {
      /** `settled`: the decorators that it waited for are through. */
      readonly type: 'record' | 'settled';
      readonly requestId: string;
      readonly query: ScheduledQuery;
      readonly results: readonly StatementFrames[];
      readonly cost: RunCost;
      readonly finished_unix_ms: number;
    }
  | {
      readonly type: 'committed';
      readonly requestId: string;
      readonly query: ScheduledQuery;
      readonly cost: RunCost;
      readonly result: Result<{ run: CommittedRun; performance: QueryPerformance }, StoreFailure>;
    }
  | { readonly type: 'deliver' }
  | { readonly type: 'delivered'; readonly result: Result<Delivery, StoreFailure> };

/** What the recorder needs. */
export interface RecorderDeps {
  readonly ledger: Ledger;
  readonly book: ScheduleBook;
  readonly lineOptions: () => Omit<LineOptions, 'decorations'>;
  readonly decorators: Pick<DecoratorBoard, 'isSettled' | 'onceSettled' | 'current'>;
  /** Tells loggers of extensions that there may be lines for them. */
  readonly spooled: () => void;
  readonly emit: (event: DaemonEvent) => void;
}

interface State {
  delivering: boolean;
  /** Something was committed since the last delivery began. */
  again: boolean;
  /** Monotonic milliseconds. */
  nextDelivery_ms: number;
  problem: string | undefined;
}

/** Each delivery waits for the disk (fdatasync): once a second is enough, and a small host's disk lives longer. */
const deliverEvery_ms = 1_000;
/** How long a failed delivery (disk full, directory gone) waits before the next try. */
const retry_ms = 5_000;

/**
 * Brings finished runs into the ledger and from there into the logs. A run that cannot be committed leaves the
 * old baseline, so the next run reports what this one would have.
 */
export const recorder = (deps: RecorderDeps): Behaviour<RecorderMessage, State> => ({
  init: (context) => {
    context.self.tell({ type: 'deliver' });
    return { delivering: false, again: false, nextDelivery_ms: 0, problem: undefined };
  },
  receive: (state, message, context) => {
    switch (message.type) {
      case 'record':
        if (deps.decorators.isSettled) commit(deps, message, context);
        else deps.decorators.onceSettled(() => context.self.tell({ ...message, type: 'settled' }));
        break;
      case 'settled':
        commit(deps, message, context);
        break;
      case 'committed':
        committed(deps, message);
        deliver(deps, state, context);
        break;
      case 'deliver':
        deliver(deps, state, context);
        break;
      case 'delivered':
        delivered(deps, state, message.result, context);
        break;
    }
    return state;
  },
});

const commit = (
  deps: RecorderDeps,
  message: Extract<RecorderMessage, { type: 'record' | 'settled' }>,
  context: Context<RecorderMessage>,
): void => {
  const { requestId, query, cost } = message;
  // The query left the schedule, and its baseline is forgotten already.
  if (deps.book.get(query.name) === undefined) return;
  void deps.ledger
    .commit({
      name: query.name,
      sql: query.sql,
      snapshot: query.snapshot,
      removed: query.removed,
      results: message.results,
      finished_unix_ms: message.finished_unix_ms,
      cost,
      lines: { ...deps.lineOptions(), decorations: deps.decorators.current() },
    })
    .then((result) => context.self.tell({ type: 'committed', requestId, query, cost, result }));
};

const committed = (deps: RecorderDeps, message: Extract<RecorderMessage, { type: 'committed' }>): void => {
  const { requestId, query, cost, result } = message;
  if (!result.ok) {
    deps.book.finish(query.name, requestId, { lastFailure: result.error.message });
    const text = `The result of '${query.name}' could not be stored: ${result.error.message} The next run reports the change.`;
    deps.emit({ type: 'log', severity: 'error', message: text });
    return;
  }
  const { run, performance } = result.value;
  // Statistics are of one SQL; the config may have brought another one since the run began.
  const same = deps.book.get(query.name)?.query.sql === query.sql;
  deps.book.finish(query.name, requestId, { lastFailure: '', ...(same ? { performance } : {}) });
  deps.emit({
    type: 'query_ran',
    name: query.name,
    added: run.added,
    removed: run.removed,
    rows: run.rows,
    snapshot: query.snapshot,
    cost,
  });
};

const deliver = (deps: RecorderDeps, state: State, context: Context<RecorderMessage>): void => {
  deps.spooled();
  const now_ms = context.clock.monotonicMs();
  if (state.delivering || now_ms < state.nextDelivery_ms) {
    state.again = true;
    if (!state.delivering) context.startTimer('deliver', state.nextDelivery_ms - now_ms, { type: 'deliver' });
    return;
  }
  state.delivering = true;
  state.again = false;
  state.nextDelivery_ms = now_ms + deliverEvery_ms;
  void deps.ledger.deliver().then((result) => context.self.tell({ type: 'delivered', result }));
};

const delivered = (
  deps: RecorderDeps,
  state: State,
  result: Result<Delivery, StoreFailure>,
  context: Context<RecorderMessage>,
): void => {
  state.delivering = false;
  if (result.ok)
    for (const message of result.value.notices) deps.emit({ type: 'log', severity: 'warning', message });
  const problem = result.ok ? result.value.problem : result.error.message;
  if (result.ok) deps.book.spooledLines = result.value.pending;
  if (problem !== undefined && problem !== state.problem) {
    const message = `Result lines wait in the store: ${problem} They are written when it is over.`;
    deps.emit({ type: 'log', severity: 'error', message });
  }
  if (problem === undefined && state.problem !== undefined) {
    deps.emit({ type: 'log', severity: 'info', message: 'Result lines reach their log again.' });
  }
  state.problem = problem;
  if (problem !== undefined) context.startTimer('retry', retry_ms, { type: 'deliver' });
  else if (state.again) deliver(deps, state, context);
};

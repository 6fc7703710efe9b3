import type { ActorRef, Behaviour, Context } from '../../actors/types.ts';
import { decideStart, type PressureReason } from '../../policies/host-pressure.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { LostStartReason } from '../../protocol/why.ts';
import type { ScheduledQuery } from '../config/config.ts';
import { dueQueries } from '../config/due.ts';
import type { RecorderMessage } from '../ledger/recorder.ts';
import type { LimitOverrides } from '../limits/limit-overrides.ts';
import type { PressureGauge } from '../watchdog/pressure-gauge.ts';
import type { WorkforceMessage } from '../workforce/messages.ts';
import { type CollectedRun, collectRun } from './collector.ts';
import type { ScheduleBook, ScheduleEntry } from './schedule-book.ts';

/** To the scheduler. */
export type SchedulerMessage =
  | { readonly type: 'tick' }
  /** A start that was put off `deferred_ms` ago asks again. */
  | {
      readonly type: 'ask_again';
      readonly name: string;
      readonly requestId: string;
      readonly deferred_ms: number;
    }
  /** `query`: as it was when the run began; the schedule may have changed since. */
  | {
      readonly type: 'collected';
      readonly query: ScheduledQuery;
      readonly requestId: string;
      readonly run: CollectedRun;
    };

/** What the scheduler needs. */
export interface SchedulerDeps {
  readonly book: ScheduleBook;
  readonly workforce: ActorRef<WorkforceMessage>;
  readonly recorder: ActorRef<RecorderMessage>;
  readonly gauge: PressureGauge;
  /** Whether a worker has been at work for longer than a usual query takes. */
  readonly weAreBusy: () => boolean;
  /** Ends what is over; asked every second. */
  readonly overrides: Pick<LimitOverrides, 'expire'>;
  /** Monotonic milliseconds before which a `cpu_percent` of osquery's flags stops nobody. */
  readonly cpuRuleFrom_ms: number;
  readonly emit: (event: DaemonEvent) => void;
}

interface State {
  /** Unix second of the first tick; later ones count on the monotonic clock, so a clock jump runs nothing twice. */
  readonly firstTick_s: number;
  readonly started_ms: number;
  nextTick_s: number;
  /** Queries with a startup priority that had their extra run. */
  readonly startedOnce: Set<string>;
  /** Until then the host's pressure may still tell of our own work. */
  busyUntil_ms: number;
  /** Why queries wait at present. */
  pressure: PressureReason | undefined;
}

/** What the kernel tells of pressure is a mean over about so long (avg10). */
const pressureWindow_ms = 10_000;

/** Ticks that were missed (suspend, a busy host) are made up for this long at most; older ones are dropped. */
const catchUp_s = 60;

/** One tick a second: hands every due query to the workforce, unless its former run is not over. */
export const scheduler = (deps: SchedulerDeps): Behaviour<SchedulerMessage, State> => ({
  init: (context) => {
    // After a restart of this actor nobody waits for its former runs.
    for (const entry of deps.book.entries()) deps.book.update(entry.query.name, { run: undefined });
    const now_ms = context.clock.unixMs();
    const firstTick_s = Math.ceil(now_ms / 1000);
    const started_ms = context.clock.monotonicMs() + (firstTick_s * 1000 - now_ms);
    context.startTimer('tick', firstTick_s * 1000 - now_ms, { type: 'tick' });
    return {
      firstTick_s,
      started_ms,
      nextTick_s: firstTick_s,
      startedOnce: new Set(),
      busyUntil_ms: 0,
      pressure: undefined,
    };
  },
  receive: (state, message, context) => {
    switch (message.type) {
      case 'tick':
        tick(deps, state, context);
        break;
      case 'ask_again': {
        const entry = deps.book.get(message.name);
        // The query may have gone since, or gone and come back.
        if (entry?.run !== undefined && entry.run === message.requestId) {
          begin(deps, state, entry, entry.run, message.deferred_ms, context);
        }
        break;
      }
      case 'collected':
        collected(deps, message, context);
        break;
    }
    return state;
  },
});

const tick = (deps: SchedulerDeps, state: State, context: Context<SchedulerMessage>): void => {
  if (deps.weAreBusy()) state.busyUntil_ms = context.clock.monotonicMs() + pressureWindow_ms;
  deps.overrides.expire();
  // Keeps a reading at hand for the starts of this second and for the judge.
  deps.gauge.latest();
  const elapsed_ms = context.clock.monotonicMs() - state.started_ms;
  const now_s = state.firstTick_s + Math.floor((elapsed_ms + 0.5) / 1000);
  state.nextTick_s = Math.max(state.nextTick_s, now_s - catchUp_s);
  const asked = new Set<string>();
  for (; state.nextTick_s <= now_s; state.nextTick_s += 1) {
    for (const entry of dueQueries(deps.book.entries(), state.nextTick_s, state.startedOnce)) {
      if (asked.has(entry.query.name)) continue;
      asked.add(entry.query.name);
      due(deps, state, entry, context);
    }
  }
  const next_ms =
    (state.nextTick_s - state.firstTick_s) * 1000 - (context.clock.monotonicMs() - state.started_ms);
  context.startTimer('tick', Math.max(0, next_ms), { type: 'tick' });
};

const due = (
  deps: SchedulerDeps,
  state: State,
  entry: ScheduleEntry,
  context: Context<SchedulerMessage>,
): void => {
  if (entry.run !== undefined) {
    return skip(deps, entry, 'former_run', 'is due again, but its former run is not over', context);
  }
  const requestId = context.random.id();
  deps.book.update(entry.query.name, { run: requestId });
  begin(deps, state, entry, requestId, 0, context);
};

const skip = (
  deps: SchedulerDeps,
  { query, skipped }: ScheduleEntry,
  reason: LostStartReason,
  why: string,
  { clock }: Context<SchedulerMessage>,
): void => {
  const lastSkip = { at_unix_ms: clock.unixMs(), reason };
  deps.book.update(query.name, { skipped: skipped + 1, lastSkip });
  deps.emit({ type: 'log', severity: 'warning', message: `'${query.name}' ${why}: this start is skipped.` });
};

/** Starts the run unless the host is under pressure: then it waits for a while, or falls out. */
const begin = (
  deps: SchedulerDeps,
  state: State,
  entry: ScheduleEntry,
  requestId: string,
  deferred_ms: number,
  context: Context<SchedulerMessage>,
): void => {
  const { name } = entry.query;
  const host = deps.gauge.latest();
  const decision =
    host === undefined
      ? ({ kind: 'run' } as const)
      : decideStart(host, {
          deferred_ms,
          interval_ms: entry.query.interval_s * 1000,
          weAreBusy: context.clock.monotonicMs() < state.busyUntil_ms,
        });
  switch (decision.kind) {
    case 'run':
      if (host !== undefined && deferred_ms === 0) tellPressure(deps, state, undefined);
      return run(deps, entry, requestId, context);
    case 'defer':
      if (deferred_ms === 0) {
        const lastDeferral = { at_unix_ms: context.clock.unixMs(), reason: decision.reason };
        deps.book.update(name, { deferred: entry.deferred + 1, lastDeferral });
        tellPressure(deps, state, decision.reason);
      }
      context.startTimer(`defer:${name}`, decision.for_ms, {
        type: 'ask_again',
        name,
        requestId,
        deferred_ms: deferred_ms + decision.for_ms,
      });
      return;
    case 'skip':
      deps.book.update(name, { run: undefined });
      return skip(deps, entry, decision.reason, `is due, but ${pressureWords[decision.reason]}`, context);
  }
};

/** One line when scheduled queries begin to wait and one when they run again, however many there are. */
const tellPressure = (deps: SchedulerDeps, state: State, reason: PressureReason | undefined): void => {
  if (state.pressure === reason) return;
  state.pressure = reason;
  const message =
    reason === undefined
      ? 'Scheduled queries run again.'
      : `Scheduled queries wait: ${pressureWords[reason]}. osquery_schedule.deferred counts them.`;
  deps.emit({ type: 'log', severity: 'info', message });
};

const pressureWords: Readonly<Record<PressureReason, string>> = {
  cpu: "the host's tasks wait for its CPUs",
  io: "the host's tasks wait for its disks",
  load: "the host's load is high",
  memory: "the host's memory is scarce",
  battery: "the host's battery is low",
};

const run = (
  deps: SchedulerDeps,
  { query, scope, sqlHash, limits }: ScheduleEntry,
  requestId: string,
  context: Context<SchedulerMessage>,
): void => {
  deps.workforce.tell({
    type: 'run',
    request: {
      requestId,
      queryId: query.name,
      scope,
      sql: query.sql,
      sqlHash,
      lane: 'scheduled',
      budget: limits.budget,
      ...(limits.origins.cpu_percent === 'flag' ? { cpuPercentFrom_ms: deps.cpuRuleFrom_ms } : {}),
      mayBeDenied: query.denylist,
      listener: collectRun((collectedRun) =>
        context.self.tell({ type: 'collected', query, requestId, run: collectedRun }),
      ),
    },
  });
};

const collected = (
  deps: SchedulerDeps,
  {
    query,
    requestId,
    run: { columns, rowFrames, outcome },
  }: Extract<SchedulerMessage, { type: 'collected' }>,
  context: Context<SchedulerMessage>,
): void => {
  const { name } = query;
  const entry = deps.book.get(name);
  // The query left the schedule while it ran.
  if (entry?.run !== requestId) return;
  for (const warning of outcome.warnings) {
    deps.emit({ type: 'log', severity: 'warning', message: `'${name}': ${warning}` });
  }
  const { failure } = outcome;
  if (failure !== undefined) {
    // A denial was told when it was made, and a query that waits says so once: not at every start that it misses.
    const { reason, message } = failure;
    const told = reason === 'denied' || (reason === 'held_back' && entry.lastFailure === message);
    if (!told) deps.emit({ type: 'query_failed', name, message });
    const refused = reason === 'denied' || reason === 'held_back';
    const lastFault = refused ? {} : { lastFault: { at_unix_ms: context.clock.unixMs(), reason, message } };
    deps.book.finish(name, requestId, { lastFailure: message, ...lastFault });
    return;
  }
  deps.recorder.tell({
    type: 'record',
    requestId,
    query,
    columns,
    rowFrames,
    cost: outcome.cost,
    finished_unix_ms: context.clock.unixMs(),
  });
};

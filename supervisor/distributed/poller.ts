import type { ActorRef, Behaviour, Context } from '../../actors/types.ts';
import type { GuardStore } from '../../platform/guard-store.ts';
import type { Budget } from '../../protocol/budget.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { PluginCaller } from '../extensions/plugin-caller.ts';
import { type CollectedRun, collectRun } from '../schedule/collector.ts';
import type { WorkforceMessage } from '../workforce/messages.ts';
import { runLive } from '../workforce/run-live.ts';
import { mostResult_mb, playRound, type RoundEnd } from './round.ts';
import type { DistributedResult } from './write-results.ts';

/** To the poller. */
export type PollerMessage =
  | { readonly type: 'poll' }
  | { readonly type: 'round_over'; readonly end: RoundEnd };

/** What distributed queries are run with. Functions are asked at every round: their flags change with the config. */
export interface DistributedOptions {
  /** `distributed_plugin`; undefined with `disable_distributed`. */
  readonly plugin: () => string | undefined;
  readonly plugins: PluginCaller;
  readonly budget: Budget;
  /** `cpu_percent` of the budget is of osquery's flags. */
  readonly cpuPercentOfFlags: boolean;
  /** `distributed_interval`. */
  readonly interval_s: () => number;
  /** What stands for NULL. */
  readonly nullvalue: () => string;
  /** `distributed_loginfo`. */
  readonly logQueries: () => boolean;
}

/** What the poller needs beside. */
export interface PollerDeps extends DistributedOptions {
  readonly workforce: ActorRef<WorkforceMessage>;
  readonly store: Pick<GuardStore, 'setting' | 'putSetting'>;
  /** Monotonic milliseconds before which a `cpu_percent` of osquery's flags stops nobody. */
  readonly cpuRuleFrom_ms: number;
  readonly emit: (event: DaemonEvent) => void;
}

interface State {
  unsent: readonly DistributedResult[];
  /** Unix seconds; until then the plugin is asked every five seconds. */
  acceleratedUntil_s: number;
  problem: string | undefined;
  /** Monotonic milliseconds; until then a plugin that nobody brings is not missed. */
  patientUntil_ms: number;
}

type PollerContext = Context<PollerMessage>;

/** What a person calls a distributed query; the denylist knows each by its SQL. */
const queryId = 'distributed';
const scope = 'distributed';
/** Survives a restart, as in osquery. */
const acceleratedSetting = 'distributed_accelerated_until_s';
const acceleratedEvery_s = 5;
/** The start of the daemon waits for the plugin and says so; what is missing after this is our own to tell. */
const patience_ms = 30_000;

/** Asks the distributed plugin for queries, runs them under leases of their own, and tells it what came of them. */
export const distributedPoller = (deps: PollerDeps): Behaviour<PollerMessage, State> => ({
  init: (context) => {
    context.self.tell({ type: 'poll' });
    const stored = deps.store.setting(acceleratedSetting);
    return {
      unsent: [],
      acceleratedUntil_s: stored.ok ? Number(stored.value ?? 0) : 0,
      problem: undefined,
      patientUntil_ms: context.clock.monotonicMs() + patience_ms,
    };
  },
  receive: (state, message, context) => {
    switch (message.type) {
      case 'poll':
        poll(deps, state, context);
        break;
      case 'round_over':
        roundOver(deps, state, message.end, context);
        break;
    }
    return state;
  },
  describe: ({ problem }) => problem ?? '',
});

const poll = (deps: PollerDeps, { unsent, patientUntil_ms }: State, context: PollerContext): void => {
  const { plugins, emit, logQueries } = deps;
  const { clock } = context;
  const plugin = deps.plugin();
  if (plugin === undefined) return pollAgain(context, deps.interval_s());
  const isThere = plugins.bringer('distributed', plugin) !== undefined;
  if (!isThere && clock.monotonicMs() < patientUntil_ms) return pollAgain(context, 1);
  void playRound(
    {
      plugin,
      plugins,
      clock,
      nullvalue: deps.nullvalue(),
      run: (sql) => runOnce(deps, sql, context),
      starts: ({ id, sql }) => {
        if (logQueries())
          emit({ type: 'log', severity: 'info', message: `Executing distributed query: ${id}: ${sql}` });
      },
    },
    unsent,
  ).then((end) => context.self.tell({ type: 'round_over', end }));
};

const roundOver = (
  deps: PollerDeps,
  state: State,
  { unsent, accelerate_s, problem }: RoundEnd,
  context: PollerContext,
): void => {
  const now_s = context.clock.unixMs() / 1000;
  state.unsent = unsent;
  if (accelerate_s !== undefined) {
    state.acceleratedUntil_s = Math.floor(now_s) + accelerate_s;
    deps.store.putSetting(acceleratedSetting, String(state.acceleratedUntil_s));
  }
  if (problem !== undefined && problem !== state.problem)
    deps.emit({ type: 'log', severity: 'error', message: `Distributed queries: ${problem}` });
  if (problem === undefined && state.problem !== undefined)
    deps.emit({ type: 'log', severity: 'info', message: 'Distributed queries come through again.' });
  state.problem = problem;
  pollAgain(context, now_s < state.acceleratedUntil_s ? acceleratedEvery_s : deps.interval_s());
};

const pollAgain = (context: PollerContext, after_s: number): void =>
  context.startTimer('poll', Math.max(1, after_s) * 1_000, { type: 'poll' });

const runOnce = (deps: PollerDeps, sql: string, { random }: PollerContext): Promise<CollectedRun> =>
  new Promise((resolve) => {
    const budget = { ...deps.budget, result_mb: Math.min(deps.budget.result_mb, mostResult_mb) };
    const from = deps.cpuPercentOfFlags ? { cpuPercentFrom_ms: deps.cpuRuleFrom_ms } : {};
    runLive(deps.workforce, random, { queryId, scope, sql, budget, ...from }, collectRun(resolve));
  });

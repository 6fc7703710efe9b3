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

/** What distributed queries are run with, as config and flags have it. */
export interface DistributedOptions {
  /** `distributed_plugin`. */
  readonly plugin: string;
  readonly plugins: PluginCaller;
  readonly budget: Budget;
  /** `cpu_percent` of the budget is of osquery's flags. */
  readonly cpuPercentOfFlags: boolean;
  /** `distributed_interval`, as it is now. */
  readonly interval_s: () => number;
  /** `distributed_loginfo`, as it is now. */
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
}

type PollerContext = Context<PollerMessage>;

/** What a person calls a distributed query; the denylist knows each by its SQL. */
const queryId = 'distributed';
const scope = 'distributed';
/** Survives a restart, as in osquery. */
const acceleratedSetting = 'distributed_accelerated_until_s';
const acceleratedEvery_s = 5;

/** Asks the distributed plugin for queries, runs them under leases of their own, and tells it what came of them. */
export const distributedPoller = (deps: PollerDeps): Behaviour<PollerMessage, State> => ({
  init: (context) => {
    context.self.tell({ type: 'poll' });
    const stored = deps.store.setting(acceleratedSetting);
    return {
      unsent: [],
      acceleratedUntil_s: stored.ok ? Number(stored.value ?? 0) : 0,
      problem: undefined,
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

const poll = (deps: PollerDeps, { unsent }: State, context: PollerContext): void => {
  const { plugin, plugins, emit, logQueries } = deps;
  const { clock } = context;
  void playRound(
    {
      plugin,
      plugins,
      clock,
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
  const next_s = now_s < state.acceleratedUntil_s ? acceleratedEvery_s : Math.max(1, deps.interval_s());
  context.startTimer('poll', next_s * 1_000, { type: 'poll' });
};

const runOnce = (deps: PollerDeps, sql: string, { random }: PollerContext): Promise<CollectedRun> =>
  new Promise((resolve) => {
    const budget = { ...deps.budget, result_mb: Math.min(deps.budget.result_mb, mostResult_mb) };
    const from = deps.cpuPercentOfFlags ? { cpuPercentFrom_ms: deps.cpuRuleFrom_ms } : {};
    runLive(deps.workforce, random, { queryId, scope, sql, budget, ...from }, collectRun(resolve));
  });

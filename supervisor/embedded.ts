import { inMemoryGuardStore } from '../platform/in-memory-guard-store.ts';
import { noCgroups } from '../platform/node/cgroup/worker-cgroups.ts';
import { type Budget, budgetOfLevel } from '../protocol/budget.ts';
import type { QueryOutcome, QueryService, RowListener } from '../protocol/control.ts';
import type { Failure, Result } from '../protocol/result.ts';
import { fail, ok } from '../protocol/result.ts';
import { Flags } from './config/flags.ts';
import { nodePorts } from './node-ports.ts';
import { osqueryInfo } from './osquery-info.ts';
import { runtimeLayout } from './runtime-layout.ts';
import { startSupervisor } from './supervisor.ts';
import type { RunListener } from './workforce/run-request.ts';

/** What a supervisor inside another program needs to know. */
export interface EmbeddedOptions {
  readonly budget?: Budget;
  readonly flags?: Flags;
}

/**
 * The daemon's own supervisor in this process, without schedule, store or sockets: for one `leash query` and for
 * leashi. It forks its own worker and ends it on `close`.
 */
export const startEmbedded = async (
  options: EmbeddedOptions = {},
): Promise<Result<QueryService, Failure<'not_started'>>> => {
  const budget = options.budget ?? budgetOfLevel['0'];
  const flags = options.flags ?? new Flags();
  const started = await startSupervisor(
    nodePorts(runtimeLayout(import.meta.url), {
      directory: '',
      store: inMemoryGuardStore(),
      ledger: undefined,
      cgroups: noCgroups,
    }),
    {
      schedule: [],
      splayPercent: 0,
      mayDefer: () => false,
      limits: {
        maxWorkers: 2,
        maxUnkillable: 1,
        concurrency: { scheduled: 1, live: 1, events: 1, probation: 1 },
        slow_ms: 60_000,
        maxQueued: 100,
        spares: 0,
        idle_ms: 60_000,
        lastIdle_ms: 60_000,
      },
      denial_ms: [600_000],
      lineOptions: () => {
        throw new Error('an embedded supervisor has no schedule');
      },
      info: osqueryInfo(() => ({ configHash: '', configValid: false, instanceId: '', uuid: '' })),
      flags: () => flags.rows().map((row) => ({ ...row })),
      packs: () => [],
      emit: () => undefined,
    },
  );
  if (!started.ok) return fail({ reason: 'not_started', message: started.error.message });
  const supervisor = started.value;
  const uid = process.geteuid?.() ?? 0;
  return ok({
    query: (sql, listener) =>
      new Promise((resolve) => {
        supervisor.query({ sql, by: { uid }, budget }, toRunListener(listener, resolve));
      }),
    close: () => supervisor.stop(),
  });
};

/** Rows are handed on as they come: whoever embeds a supervisor keeps up with it. */
const toRunListener = (listener: RowListener, done: (outcome: QueryOutcome) => void): RunListener => ({
  columns: (columns) => listener.columns(columns),
  rows: (payload) => {
    listener.rows(payload);
    return 'more';
  },
  done,
});

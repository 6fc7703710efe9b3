import type { RunningDaemon } from '../../system/daemon-harness.ts';

/** What a daemon's tables say at one moment. */
export interface Look {
  /** When it began (`performance.now()`). */
  readonly at_ms: number;
  readonly extensions: readonly ExtensionRow[];
  readonly verdicts: readonly VerdictRow[];
  readonly schedule: readonly ScheduleRow[];
  /** Names on the denylist. */
  readonly denied: ReadonlySet<string>;
}

interface ExtensionRow {
  readonly name: string;
  readonly state: string;
  readonly restarts: string;
}

interface VerdictRow {
  readonly query_name: string;
  readonly subject: string;
  readonly reason: string;
  readonly strike: string;
  /** Of an extension's verdict: its life, which the environment of all of its processes names. */
  readonly lease_id: string;
}

interface ScheduleRow {
  readonly name: string;
  readonly executions: string;
  readonly skipped: string;
  readonly last_failure: string;
}

export const lookAt = async (daemon: RunningDaemon): Promise<Look> => {
  const at_ms = performance.now();
  const [extensions, verdicts, schedule, denied] = await Promise.all([
    daemon.ask<ExtensionRow>('SELECT name, state, restarts FROM leash_extensions'),
    daemon.ask<VerdictRow>('SELECT query_name, subject, reason, strike, lease_id FROM leash_verdicts'),
    daemon.ask<ScheduleRow>('SELECT name, executions, skipped, last_failure FROM osquery_schedule'),
    daemon.ask<{ readonly query_name: string }>('SELECT query_name FROM leash_denylist'),
  ]);
  return {
    at_ms,
    extensions,
    verdicts,
    schedule,
    denied: new Set(denied.map(({ query_name }) => query_name)),
  };
};

import { availableParallelism } from 'node:os';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { emptyConfig } from '../../supervisor/config/load.ts';
import { watchdogSettings } from '../../supervisor/config/watchdog-flags.ts';
import type { SupervisorOptions } from '../../supervisor/supervisor.ts';
import { supervisorOptions } from '../../supervisor/supervisor-options.ts';

/** The options that a daemon has by default, but for its lane for live queries, which is so many workers wide. */
export const wideOptions = (lanes: number, emit: (event: DaemonEvent) => void): SupervisorOptions => {
  const flags = new Flags();
  const options = supervisorOptions(
    { config: emptyConfig, flags, valid: true },
    {
      emit,
      watchdog: watchdogSettings(flags, availableParallelism()),
      flags: () => flags,
      hostIdentifier: 'offenders',
      info: () => ({}),
      configTables: () => [],
      prometheusTargets: () => undefined,
      yaraSignatures: () => new Map(),
    },
  );
  const concurrency = { scheduled: 1, live: lanes, events: 1, probation: 1 };
  // Some are on their way out, or in state D, while as many as there are lanes work.
  return { ...options, limits: { ...options.limits, maxWorkers: 2 * lanes + 2, concurrency } };
};

/**
 * The store thread: the only user of `results.db` and of the result logs. It keeps the database open between tasks
 * and closes it with the thread.
 */

import type { StoreFailure } from '../../platform/guard-store.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { checkpointGuard } from '../../platform/node/guard-checkpoint.ts';
import { nodeLogFiles } from '../../platform/node/log-files.ts';
import { openResultsStore } from '../../platform/node/results-database.ts';
import { storeFailureOf } from '../../platform/node/sqlite-failure.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { ownDatabases, ownDirectory } from '../own-files.ts';
import type { LedgerAnswer, LedgerPlace, LedgerTask } from './ledger-task.ts';
import { type OpenLedger, openSinks, performTask } from './perform-task.ts';

let opened: OpenLedger | undefined;

/** Piscina's entry: one task, one answer; failures are values. */
export default function runTask(work: {
  place: LedgerPlace;
  task: LedgerTask;
}): LedgerAnswer<LedgerTask['type']> {
  const { place, task } = work;
  try {
    const ledger = openOnce(place);
    return ledger.ok ? performTask(ledger.value, task) : ledger;
  } catch (error) {
    return fail(storeFailureOf(place.directory, error));
  }
}

const openOnce = (place: LedgerPlace): Result<OpenLedger, StoreFailure> => {
  if (opened !== undefined) return ok(opened);
  const { directory, loggerPath, uid } = place;
  const logs = ownDirectory(loggerPath, uid, 'owned_directory');
  if (!logs.ok) return logs;
  const safe = ownDatabases(directory, uid, ['results.db']);
  if (!safe.ok) return safe;
  const results = openResultsStore(directory, { now_unix_ms: nodeClock.unixMs() });
  if (!results.ok) return results;
  const { store, notices } = results.value;
  const sinks = openSinks(store, nodeLogFiles, {
    logs: { directory: logs.value, mode: place.loggerMode },
    loggers: place.loggers,
  });
  opened = {
    ...sinks,
    notices: [...notices, ...sinks.notices],
    store,
    spool: place.spool,
    checkpoint: () => checkpointGuard(directory),
  };
  return ok(opened);
};

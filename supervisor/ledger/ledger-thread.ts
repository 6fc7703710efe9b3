/**
 * The store thread: the only user of `results.db` and of the result logs. It keeps the database open between tasks
 * and closes it with the thread.
 */

import type { StoreFailure } from '../../platform/guard-store.ts';
import type { Delivery } from '../../platform/ledger.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { checkpointGuard } from '../../platform/node/guard-checkpoint.ts';
import { nodeLogFiles } from '../../platform/node/log-files.ts';
import { ensurePrivateDirectory } from '../../platform/node/private-files.ts';
import { openResultsStore } from '../../platform/node/results-database.ts';
import { storeFailureOf } from '../../platform/node/sqlite-failure.ts';
import type { ResultsStore } from '../../platform/results-store.ts';
import type { CellRow } from '../../protocol/cell.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { assessRun } from './assess-run.ts';
import { FileSink } from './file-sink.ts';
import type { LedgerAnswer, LedgerPlace, LedgerTask } from './ledger-task.ts';

interface OpenLedger {
  readonly store: ResultsStore;
  readonly sinks: readonly FileSink[];
  readonly notices: readonly string[];
}

let opened: OpenLedger | undefined;

/** Piscina's entry: one task, one answer; failures are values. */
export default function runTask(work: {
  place: LedgerPlace;
  task: LedgerTask;
}): LedgerAnswer<LedgerTask['type']> {
  const { place, task } = work;
  try {
    const ledger = openOnce(place);
    return ledger.ok ? perform(ledger.value, place, task) : ledger;
  } catch (error) {
    return fail(storeFailureOf(place.directory, error));
  }
}

const perform = (
  ledger: OpenLedger,
  place: LedgerPlace,
  task: LedgerTask,
): LedgerAnswer<LedgerTask['type']> => {
  switch (task.type) {
    case 'open':
      return ok({ notices: ledger.notices, performance: ledger.store.performance() });
    case 'commit': {
      const run = { ...task.run, rows: decodeFrames(task.frames) };
      const assessment = assessRun(run, ledger.store.baseline(run.name));
      ledger.store.commit(run.name, assessment.baseline, assessment.log, assessment.lines);
      return ok({ run: assessment.run, performance: assessment.baseline.performance });
    }
    case 'deliver':
      return ok(deliver(ledger));
    case 'retain':
      ledger.store.retain(task.names);
      return ok(undefined);
    case 'checkpoint':
      checkpointGuard(place.directory);
      return ok(undefined);
  }
};

const openOnce = (place: LedgerPlace): Result<OpenLedger, StoreFailure> => {
  if (opened !== undefined) return ok(opened);
  const logs = ensurePrivateDirectory(place.loggerPath, place.uid);
  if (!logs.ok) return logs;
  const results = openResultsStore(place.directory, { uid: place.uid, now_unix_ms: nodeClock.unixMs() });
  if (!results.ok) return results;
  const { store, notices } = results.value;
  const mode = place.loggerMode;
  const sink = (log: 'results' | 'snapshots'): FileSink =>
    new FileSink({ log, mode, path: `${logs.value}/osqueryd.${log}.log` }, store, nodeLogFiles);
  opened = { store, notices, sinks: [sink('results'), sink('snapshots')] };
  return ok(opened);
};

const deliver = (ledger: OpenLedger): Delivery => {
  let delivered = 0;
  let problem: string | undefined;
  const notices: string[] = [];
  for (const sink of ledger.sinks) {
    const done = sink.deliver();
    delivered += done.delivered;
    problem ??= done.problem;
    notices.push(...done.notices);
  }
  return { delivered, problem, notices, pending: ledger.store.waiting() };
};

const decodeFrames = (frames: Uint8Array): readonly CellRow[] => {
  const text = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength).toString('utf8');
  // The engine encoded them, and the channel checked the frames' bounds.
  return text === '' ? [] : text.split('\n').flatMap((frame) => JSON.parse(frame) as CellRow[]);
};

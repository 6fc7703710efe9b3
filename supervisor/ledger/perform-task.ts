import type { Delivery } from '../../platform/ledger.ts';
import type { LogFiles } from '../../platform/log-files.ts';
import type { ResultsStore } from '../../platform/results-store.ts';
import type { CellRow } from '../../protocol/cell.ts';
import { ok } from '../../protocol/result.ts';
import { assessRun } from './assess-run.ts';
import { FileSink } from './file-sink.ts';
import type { LedgerAnswer, LedgerTask } from './ledger-task.ts';

/** What the tasks of the ledger work on. */
export interface OpenLedger {
  readonly store: ResultsStore;
  readonly sinks: readonly FileSink[];
  /** What opening found and repaired; sentences for the status log. */
  readonly notices: readonly string[];
  /** Checkpoints the guard's database, which is never done on the guard's loop. */
  readonly checkpoint: () => void;
}

/** The result and the snapshot log of a directory; `mode` is that of a new log. */
export const openSinks = (
  store: ResultsStore,
  files: LogFiles,
  logs: { readonly directory: string; readonly mode: number },
): readonly FileSink[] =>
  (['results', 'snapshots'] as const).map(
    (log) =>
      new FileSink({ log, mode: logs.mode, path: `${logs.directory}/osqueryd.${log}.log` }, store, files),
  );

/** Does one task. Throws what store and files throw. */
export const performTask = (ledger: OpenLedger, task: LedgerTask): LedgerAnswer<LedgerTask['type']> => {
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
      ledger.checkpoint();
      return ok(undefined);
  }
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

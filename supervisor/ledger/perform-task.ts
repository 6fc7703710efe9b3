import type { Delivery, LoggerBatch } from '../../platform/ledger.ts';
import type { LogFiles } from '../../platform/log-files.ts';
import type { LostLines, ResultsStore, SpoolBounds, SpooledLine } from '../../platform/results-store.ts';
import { ok } from '../../protocol/result.ts';
import { rowsOfJoined } from '../../protocol/row-batches.ts';
import { assessRun } from './assess-run.ts';
import { FileSink } from './file-sink.ts';
import type { LedgerAnswer, LedgerTask } from './ledger-task.ts';
import { describeSink, fileLogger, fileSink, pluginSink, resultLogs, spoolSinks } from './loggers.ts';

/** Where lines go, and what was found out when that was settled. */
export interface OpenSinks {
  readonly sinks: readonly FileSink[];
  /** What opening found and repaired; sentences for the status log. */
  readonly notices: readonly string[];
}

/** What the tasks of the ledger work on. */
export interface OpenLedger extends OpenSinks {
  readonly store: ResultsStore;
  readonly spool: SpoolBounds;
  /** Checkpoints the guard's database, which is never done on the guard's loop. */
  readonly checkpoint: () => void;
}

/** Where lines are to go. */
export interface SinkPlace {
  /** The directory of the log files; `mode` is that of a new log. */
  readonly logs: { readonly directory: string; readonly mode: number };
  readonly loggers: readonly string[];
}

/** What a plugin gets at once; one line at least. A batch is handed over in less than a millisecond. */
const batch_bytes = 256 * 1024;
/** A longer line travels as bytes. */
const longLine_bytes = 256 * 1024;
/** A longer line is for files alone: handing it over holds the guard for 1 ms a megabyte, and few servers would take it. */
const longestLine_bytes = 4 * 1024 * 1024;

/** Says who takes lines, and opens the result and the snapshot log if files are among them. */
export const openSinks = (store: ResultsStore, files: LogFiles, { logs, loggers }: SinkPlace): OpenSinks => {
  const lost = store.serve(spoolSinks(loggers));
  const sinks = loggers.includes(fileLogger)
    ? resultLogs.map(
        (log) =>
          new FileSink(
            { sink: fileSink(log), mode: logs.mode, path: `${logs.directory}/osqueryd.${log}.log` },
            store,
            files,
          ),
      )
    : [];
  return {
    sinks,
    notices: lost.map(
      (each) => `${linesFor(each)}, which is not in logger_plugin any more: they are dropped.`,
    ),
  };
};

/** Does one task. Throws what store and files throw. */
export const performTask = (ledger: OpenLedger, task: LedgerTask): LedgerAnswer<LedgerTask['type']> => {
  switch (task.type) {
    case 'open':
      return ok({ notices: ledger.notices, performance: ledger.store.performance() });
    case 'commit': {
      const results = task.results.map(({ columns, frames }) => ({ columns, rows: rowsOfJoined(frames) }));
      const run = { ...task.run, results };
      const assessment = assessRun(run, ledger.store.baseline(run.name));
      ledger.store.commit(run.name, assessment.baseline, assessment.log, assessment.lines);
      return ok({ run: assessment.run, performance: assessment.baseline.performance });
    }
    case 'append':
      ledger.store.append(task.log, task.lines);
      return ok(undefined);
    case 'deliver':
      return ok(deliver(ledger));
    case 'take':
      return ok(take(ledger.store, task.logger, task.lastId));
    case 'retain':
      ledger.store.retain(task.names);
      return ok(undefined);
    case 'checkpoint':
      ledger.checkpoint();
      return ok(undefined);
  }
};

const deliver = ({ store, sinks, spool }: OpenLedger): Delivery => {
  let delivered = 0;
  let problem: string | undefined;
  const notices: string[] = [];
  for (const sink of sinks) {
    const done = sink.deliver();
    delivered += done.delivered;
    problem ??= done.problem;
    notices.push(...done.notices);
  }
  const bounds = `buffered_log_max is ${spool.lines}, spool_max_mb ${Math.round(spool.bytes / 2 ** 20)}`;
  for (const lost of store.trim(spool))
    notices.push(`${linesFor(lost)}, the oldest of too many: they are dropped (${bounds}).`);
  return { delivered, problem, notices, pending: store.waiting() };
};

/** Lines too long are left out and acknowledged with what follows them, or at once when nothing does. */
const take = (store: ResultsStore, logger: string, lastId: number | undefined): LoggerBatch => {
  const sink = pluginSink(logger);
  if (lastId !== undefined) store.acknowledge(sink, lastId);
  let tooLong = 0;
  for (;;) {
    const head = store.head(sink, batch_bytes);
    const lines = head.filter(({ line }) => Buffer.byteLength(line) <= longestLine_bytes).map(forPlugin);
    tooLong += head.length - lines.length;
    const last = head.at(-1);
    if (lines.length > 0 || last === undefined) return { lines, pending: store.waiting(), tooLong };
    store.acknowledge(sink, last.id);
  }
};

const forPlugin = (spooled: SpooledLine): LoggerBatch['lines'][number] =>
  Buffer.byteLength(spooled.line) > longLine_bytes
    ? { ...spooled, line: new TextEncoder().encode(spooled.line) }
    : spooled;

const linesFor = ({ sink, lines }: LostLines): string =>
  `${lines} ${lines === 1 ? 'line' : 'lines'} waited for ${describeSink(sink)}`;

import type { Clock } from '../../platform/clock.ts';
import type { StoreFailure } from '../../platform/guard-store.ts';
import type { CompletedRun, Ledger } from '../../platform/ledger.ts';
import type { LogFiles } from '../../platform/log-files.ts';
import type { Random } from '../../platform/random.ts';
import type { ResultsStore, SpoolBounds } from '../../platform/results-store.ts';
import { fail, type Result } from '../../protocol/result.ts';
import { joinFrames } from '../../supervisor/ledger/join-frames.ts';
import type { LedgerAnswer, LedgerTask } from '../../supervisor/ledger/ledger-task.ts';
import { fileLogger } from '../../supervisor/ledger/loggers.ts';
import { openSinks, performTask } from '../../supervisor/ledger/perform-task.ts';
import { logDirectory } from './simulated-disk.ts';

/** What a simulated store thread works with. */
export interface ThreadDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: ResultsStore;
  readonly files: LogFiles;
  /** A task takes up to so long on the store thread. */
  readonly longestTask_ms: number;
  /** `filesystem` alone when absent. */
  readonly loggers?: readonly string[];
  /** Boundless when absent. */
  readonly spool?: SpoolBounds;
  /** A run was committed. */
  readonly committed: (run: CompletedRun) => void;
  /** All that is not named was forgotten. */
  readonly retained: (names: readonly string[]) => void;
}

/** The ledger's own work on a simulated disk and thread: one task after another, each after a drawn time. */
export const simulatedLedger = (deps: ThreadDeps): Ledger => {
  const { clock, random, store, files, longestTask_ms } = deps;
  const logs = { directory: logDirectory, mode: 0o600 };
  const { loggers, spool } = deps;
  const open = {
    ...openSinks(store, files, { logs, loggers: loggers ?? [fileLogger] }),
    store,
    spool: spool ?? { lines: 0, bytes: Number.MAX_SAFE_INTEGER },
    checkpoint: () => undefined,
  };
  let freeAt_ms = 0;
  const run = <Type extends LedgerTask['type']>(
    task: Extract<LedgerTask, { type: Type }>,
    done: () => void = () => undefined,
  ): Promise<LedgerAnswer<Type>> => {
    freeAt_ms = Math.max(freeAt_ms, clock.monotonicMs()) + longestTask_ms * random.fraction();
    return new Promise((resolve) => {
      clock.after(freeAt_ms - clock.monotonicMs(), () => {
        const answer = attempt(() => performTask(open, task) as LedgerAnswer<Type>);
        if (answer.ok) done();
        resolve(answer);
      });
    });
  };
  return {
    open: () => run({ type: 'open' }),
    commit: (completed) => {
      const { results, ...rest } = completed;
      const joined = results.map(joinFrames);
      return run({ type: 'commit', run: rest, results: joined }, () => deps.committed(completed));
    },
    append: (log, lines) => run({ type: 'append', log, lines }),
    deliver: () => run({ type: 'deliver' }),
    take: (logger, lastId) => run({ type: 'take', logger, lastId }),
    retain: (names) => run({ type: 'retain', names }, () => deps.retained(names)),
    close: async () => undefined,
  };
};

const attempt = <T>(work: () => Result<T, StoreFailure>): Result<T, StoreFailure> => {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'disk_full', message: `results.db: ${message}.` });
  }
};

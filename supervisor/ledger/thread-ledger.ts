import { Piscina } from 'piscina';
import type { Ledger } from '../../platform/ledger.ts';
import { fail } from '../../protocol/result.ts';
import { joinFrames } from './join-frames.ts';
import type { LedgerAnswer, LedgerPlace, LedgerTask } from './ledger-task.ts';

/** The store thread ends after this long without work; the next task opens it anew. */
const idle_ms = 10_000;
/** Commits between two checkpoints of the guard's database. */
const commitsPerCheckpoint = 500;

// Piscina infers the type from the last overload of postMessage; it passes the list to the first one.
type TransferList = NonNullable<NonNullable<Parameters<Piscina['run']>[1]>['transferList']>;

/** The ledger on a thread of its own. `entry` is the thread's script: the bundle, or the source in tests. */
export const createThreadLedger = (place: LedgerPlace, entry: string): Ledger => {
  const pool = new Piscina({
    filename: entry,
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    idleTimeout: idle_ms,
    // The thread has nothing to do with this process's own flags.
    execArgv: [],
    env: {},
  });
  // A thread that cannot start leaves its task in the queue and tells it here, where nobody else would end the wait.
  const waiting = new Set<AbortController>();
  let lastError: unknown;
  pool.on('error', (error) => {
    lastError = error;
    for (const wait of waiting) wait.abort();
  });
  const run = async <Type extends LedgerTask['type']>(
    task: Extract<LedgerTask, { type: Type }>,
    transfer: ArrayBuffer[] = [],
  ): Promise<LedgerAnswer<Type>> => {
    const wait = new AbortController();
    waiting.add(wait);
    try {
      const options = { signal: wait.signal, transferList: transfer as unknown as TransferList };
      return (await pool.run({ place, task }, options)) as LedgerAnswer<Type>;
    } catch (error) {
      const cause = wait.signal.aborted ? lastError : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      return fail({ reason: 'io', message: `the store thread failed: ${why}.` });
    } finally {
      waiting.delete(wait);
    }
  };
  let commits = 0;
  return {
    open: () => run({ type: 'open' }),
    commit: async (completed) => {
      const { results, ...rest } = completed;
      const joined = results.map(joinFrames);
      commits += 1;
      if (commits % commitsPerCheckpoint === 0) await run({ type: 'checkpoint' });
      return run(
        { type: 'commit', run: rest, results: joined },
        joined.map(({ frames }) => frames.buffer),
      );
    },
    append: (log, lines) => run({ type: 'append', log, lines }),
    deliver: () => run({ type: 'deliver' }),
    take: (logger, lastId) => run({ type: 'take', logger, lastId }),
    retain: (names) => run({ type: 'retain', names }),
    close: () => pool.close(),
  };
};

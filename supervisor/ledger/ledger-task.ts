import type { StoreFailure } from '../../platform/guard-store.ts';
import type { CommittedRun, Delivery, LoggerBatch, QueryPerformance } from '../../platform/ledger.ts';
import type { ResultLog, SpoolBounds } from '../../platform/results-store.ts';
import type { Result } from '../../protocol/result.ts';
import type { FinishedRun } from './assess-run.ts';
import type { JoinedFrames } from './join-frames.ts';

/** What the store thread is told about its place; the same with every task, since an idle thread retires. */
export interface LedgerPlace {
  readonly directory: string;
  readonly loggerPath: string;
  readonly loggerMode: number;
  /** Who gets lines: `filesystem`, and the names of plugins that extensions bring. */
  readonly loggers: readonly string[];
  readonly spool: SpoolBounds;
  readonly uid: number;
}

/** One piece of work for the store thread. */
export type LedgerTask =
  | { readonly type: 'open' }
  | {
      readonly type: 'commit';
      readonly run: Omit<FinishedRun, 'results'>;
      readonly results: readonly JoinedFrames[];
    }
  | { readonly type: 'append'; readonly log: ResultLog; readonly lines: readonly string[] }
  | { readonly type: 'deliver' }
  | { readonly type: 'take'; readonly logger: string; readonly lastId: number | undefined }
  | { readonly type: 'retain'; readonly names: readonly string[] }
  | { readonly type: 'checkpoint' };

/** What a task came to, by its type. */
export interface LedgerAnswers {
  open: { notices: readonly string[]; performance: readonly QueryPerformance[] };
  commit: { run: CommittedRun; performance: QueryPerformance };
  append: undefined;
  deliver: Delivery;
  take: LoggerBatch;
  retain: undefined;
  checkpoint: undefined;
}

export type LedgerAnswer<Type extends LedgerTask['type']> = Result<LedgerAnswers[Type], StoreFailure>;

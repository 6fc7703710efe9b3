import type { QueryPerformance } from './ledger.ts';

/** A log file of results: differential lines and snapshots go to files of their own. */
export type ResultLog = 'results' | 'snapshots';

/** What is stored about a query between two runs. */
export interface StoredBaseline {
  readonly sql: string;
  readonly epoch: number;
  readonly counter: number;
  /** Canonical row texts, one a line; undefined before the first differential run. */
  readonly rows: string | undefined;
  readonly performance: QueryPerformance;
}

/** A line that waits for its log. */
export interface SpooledLine {
  readonly id: number;
  readonly line: string;
}

/** How far a log file is known to hold acknowledged lines. */
export interface LogPosition {
  readonly device: string;
  readonly inode: string;
  readonly offset_bytes: number;
}

/** `results.db`, used on the store thread only. Methods throw what SQLite throws; the thread turns it into values. */
export interface ResultsStore {
  baseline(name: string): StoredBaseline | undefined;
  /** New baseline and spooled lines, in one transaction. */
  commit(name: string, baseline: StoredBaseline, log: ResultLog, lines: readonly string[]): void;
  /** The oldest waiting lines of a log, up to a number of bytes but one at least. */
  head(log: ResultLog, most_bytes: number): readonly SpooledLine[];
  waiting(): number;
  position(log: ResultLog): LogPosition | undefined;
  /** Takes lines up to and with `lastId` off the spool and stores how far the file goes, in one transaction. */
  acknowledge(log: ResultLog, lastId: number | undefined, position: LogPosition): void;
  performance(): readonly QueryPerformance[];
  /** Forgets the queries that are not among `names`; their spooled lines stay. */
  retain(names: readonly string[]): void;
  close(): void;
}

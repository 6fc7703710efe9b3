import type { QueryPerformance } from './ledger.ts';

/** What a line is of: differential lines and snapshots go to files, and to plugins by requests, of their own. */
export type ResultLog = 'results' | 'snapshots';

/** Somebody who takes lines off the spool, at a pace of its own. */
export interface SpoolSink {
  readonly name: string;
  /** What it takes; in the order of the spool over all of them. */
  readonly logs: readonly ResultLog[];
}

/** Lines that a sink will never get. */
export interface LostLines {
  readonly sink: string;
  readonly lines: number;
}

/** How much may wait; 0 lines: any number. */
export interface SpoolBounds {
  readonly lines: number;
  readonly bytes: number;
}

/** What is stored about a query between two runs. */
export interface StoredBaseline {
  readonly sql: string;
  readonly epoch: number;
  readonly counter: number;
  /** Canonical row texts, one a line; undefined before the first differential run. */
  readonly rows: string | undefined;
  readonly performance: QueryPerformance;
}

/** A line that waits for a sink. */
export interface SpooledLine {
  readonly id: number;
  readonly log: ResultLog;
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
  /**
   * Says who takes lines from here on. A sink that is new gets those that are committed from now on; one that is not
   * named any more is forgotten, and what waited for it alone is dropped: how much that was is returned. Lines that
   * nobody takes are not spooled.
   */
  serve(sinks: readonly SpoolSink[]): readonly LostLines[];
  baseline(name: string): StoredBaseline | undefined;
  /** New baseline and spooled lines, in one transaction. */
  commit(name: string, baseline: StoredBaseline, log: ResultLog, lines: readonly string[]): void;
  /** Spools lines that are of no query. */
  append(log: ResultLog, lines: readonly string[]): void;
  /** The oldest lines that a sink has not acknowledged, up to a number of bytes but one at least. */
  head(sink: string, most_bytes: number): readonly SpooledLine[];
  /** Lines that some sink has not acknowledged. */
  waiting(): number;
  /** Where the file of a sink stands, if it writes one. */
  position(sink: string): LogPosition | undefined;
  /**
   * Notes that a sink has the lines up to and with `lastId`, and how far its file goes, in one transaction. A line leaves
   * the spool when all its sinks have it.
   */
  acknowledge(sink: string, lastId: number | undefined, position?: LogPosition): void;
  /**
   * Drops the oldest lines when more waits than the bounds allow, down to nine tenths of them: once in a while many lines,
   * not one at every commit. Returns what that cost whom.
   */
  trim(bounds: SpoolBounds): readonly LostLines[];
  performance(): readonly QueryPerformance[];
  /** Forgets the queries that are not among `names`; their spooled lines stay. */
  retain(names: readonly string[]): void;
  close(): void;
}

import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { ok, type Result } from '../../protocol/result.ts';
import type { StoreFailure } from '../guard-store.ts';
import type { QueryPerformance } from '../ledger.ts';
import type { LogPosition, ResultsStore, StoredBaseline } from '../results-store.ts';
import { openDatabase } from './open-database.ts';
import { openSpool } from './spool-tables.ts';

const migrations: readonly string[] = [
  `CREATE TABLE queries (
     name TEXT PRIMARY KEY, sql TEXT NOT NULL, epoch INTEGER NOT NULL, counter INTEGER NOT NULL,
     performance TEXT NOT NULL, rows TEXT
   ) WITHOUT ROWID;
   CREATE TABLE spool (id INTEGER PRIMARY KEY AUTOINCREMENT, log TEXT NOT NULL, line TEXT NOT NULL);
   CREATE INDEX spool_by_log ON spool (log, id);
   CREATE TABLE positions (
     log TEXT PRIMARY KEY, device TEXT NOT NULL, inode TEXT NOT NULL, offset_bytes INTEGER NOT NULL
   ) WITHOUT ROWID;`,
  `CREATE TABLE sinks (name TEXT PRIMARY KEY, logs TEXT NOT NULL, last_id INTEGER NOT NULL) WITHOUT ROWID;
   INSERT INTO sinks VALUES ('filesystem:results', 'results', 0), ('filesystem:snapshots', 'snapshots', 0);
   ALTER TABLE positions RENAME COLUMN log TO sink;
   UPDATE positions SET sink = 'filesystem:' || sink;`,
];

/** `results.db` as it was opened. */
export interface OpenedResultsStore {
  readonly store: ResultsStore;
  readonly notices: readonly string[];
}

/** Opens `results.db` in a state directory. */
export const openResultsStore = (
  directory: string,
  facts: { readonly now_unix_ms: number },
): Result<OpenedResultsStore, StoreFailure> => {
  const opened = openDatabase({ path: join(directory, 'results.db'), migrations, ...facts });
  if (!opened.ok) return opened;
  return ok({ store: resultsStore(opened.value.database), notices: opened.value.notices });
};

interface QueryRow {
  readonly sql: string;
  readonly epoch: number;
  readonly counter: number;
  readonly performance: string;
  readonly rows: string | null;
}

const resultsStore = (database: Database.Database): ResultsStore => {
  const baseline = database.prepare(
    'SELECT sql, epoch, counter, performance, rows FROM queries WHERE name = ?',
  );
  const putQuery = database.prepare('INSERT OR REPLACE INTO queries VALUES (?, ?, ?, ?, ?, ?)');
  const spool = openSpool(database);
  const position = database.prepare('SELECT device, inode, offset_bytes FROM positions WHERE sink = ?');
  const performance = database.prepare('SELECT performance FROM queries').pluck();
  const names = database.prepare('SELECT name FROM queries').pluck();
  const forget = database.prepare('DELETE FROM queries WHERE name = ?');

  const putBaseline = (name: string, { sql, epoch, counter, rows, performance }: StoredBaseline): void =>
    void putQuery.run(name, sql, epoch, counter, JSON.stringify(performance), rows ?? null);
  const retain = database.transaction((kept: readonly string[]) => {
    const keep = new Set(kept);
    for (const name of names.all() as string[]) if (!keep.has(name)) forget.run(name);
  });

  return {
    baseline: (name) => {
      const row = baseline.get(name) as QueryRow | undefined;
      if (row === undefined) return undefined;
      const { sql, epoch, counter } = row;
      const parsed = JSON.parse(row.performance) as QueryPerformance;
      return {
        sql,
        epoch,
        counter,
        rows: row.rows ?? undefined,
        performance: parsed,
      } satisfies StoredBaseline;
    },
    serve: (sinks) => spool.serve(sinks),
    commit: (name, next, log, lines) => spool.add(log, lines, () => putBaseline(name, next)),
    append: (log, lines) => spool.add(log, lines, () => undefined),
    head: (sink, most_bytes) => spool.head(sink, most_bytes),
    waiting: () => spool.waiting,
    position: (sink) => position.get(sink) as LogPosition | undefined,
    acknowledge: (sink, lastId, at) => spool.acknowledge(sink, lastId, at),
    trim: (bounds) => spool.trim(bounds),
    performance: () => (performance.all() as string[]).map((text) => JSON.parse(text) as QueryPerformance),
    retain,
    close: () => void database.close(),
  };
};

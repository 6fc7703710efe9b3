import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { ok, type Result } from '../../protocol/result.ts';
import type { StoreFailure } from '../guard-store.ts';
import type { QueryPerformance } from '../ledger.ts';
import type { LogPosition, ResultsStore, SpooledLine, StoredBaseline } from '../results-store.ts';
import { openDatabase } from './open-database.ts';

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
];

/** Lines read at once while looking for the head of the spool. */
const headRows = 10_000;

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
  const spool = database.prepare('INSERT INTO spool (log, line) VALUES (?, ?)');
  const head = database.prepare('SELECT id, line FROM spool WHERE log = ? ORDER BY id LIMIT ?');
  const waiting = database.prepare('SELECT count(*) FROM spool').pluck();
  const position = database.prepare('SELECT device, inode, offset_bytes FROM positions WHERE log = ?');
  const putPosition = database.prepare('INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM spool WHERE log = ? AND id <= ?');
  const performance = database.prepare('SELECT performance FROM queries').pluck();
  const names = database.prepare('SELECT name FROM queries').pluck();
  const forget = database.prepare('DELETE FROM queries WHERE name = ?');

  const commit = database.transaction<ResultsStore['commit']>((name, next, log, lines) => {
    const { sql, epoch, counter, rows } = next;
    putQuery.run(name, sql, epoch, counter, JSON.stringify(next.performance), rows ?? null);
    for (const line of lines) spool.run(log, line);
  });
  const acknowledge = database.transaction<ResultsStore['acknowledge']>((log, lastId, at) => {
    if (lastId !== undefined) drop.run(log, lastId);
    putPosition.run(log, at.device, at.inode, at.offset_bytes);
  });
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
    commit,
    head: (log, most_bytes) => takeBytes(head.all(log, headRows) as SpooledLine[], most_bytes),
    waiting: () => Number(waiting.get()),
    position: (log) => position.get(log) as LogPosition | undefined,
    acknowledge,
    performance: () => (performance.all() as string[]).map((text) => JSON.parse(text) as QueryPerformance),
    retain,
    close: () => void database.close(),
  };
};

const takeBytes = (lines: readonly SpooledLine[], most_bytes: number): readonly SpooledLine[] => {
  let bytes = 0;
  const end = lines.findIndex(({ line }, index) => {
    bytes += Buffer.byteLength(line) + 1;
    return index > 0 && bytes > most_bytes;
  });
  return end < 0 ? lines : lines.slice(0, end);
};

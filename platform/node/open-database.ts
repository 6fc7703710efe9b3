import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { StoreFailure } from '../guard-store.ts';
import { storeFailureOf } from './sqlite-failure.ts';

/** A database as it was opened, and what a person should know about that. */
export interface OpenedDatabase {
  readonly database: Database.Database;
  readonly notices: readonly string[];
}

/** How a database is opened: `migrations[n]` leads from version n to n + 1. */
export interface DatabaseSpec {
  readonly path: string;
  readonly migrations: readonly string[];
  /** Wall clock for the name of a damaged file that is set aside. */
  readonly now_unix_ms: number;
}

/**
 * Opens or creates a database of ours: 0600, WAL, a commit durable against a kill of the process. A damaged file
 * is set aside, not deleted, and a new one begun; one of a newer Leash is refused. Whether the place is safe was
 * judged before.
 */
export const openDatabase = (spec: DatabaseSpec): Result<OpenedDatabase, StoreFailure> => {
  const first = tryOpen(spec);
  if (first.ok) return ok({ database: first.value, notices: [] });
  if (first.error.reason !== 'corrupt') return first;
  const aside = `${spec.path}.corrupt-${spec.now_unix_ms}`;
  renameSync(spec.path, aside);
  for (const suffix of ['-wal', '-shm']) rmSync(`${spec.path}${suffix}`, { force: true });
  const second = tryOpen(spec);
  if (!second.ok) return second;
  const notice = `${spec.path} was damaged (corrupt): it is kept as ${aside}, and a new one is begun.`;
  return ok({ database: second.value, notices: [notice] });
};

const tryOpen = (spec: DatabaseSpec): Result<Database.Database, StoreFailure> => {
  let database: Database.Database | undefined;
  try {
    // SQLite would create the file with the umask's rights.
    closeSync(openSync(spec.path, 'a', 0o600));
    database = new Database(spec.path);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > spec.migrations.length) {
      database.close();
      return fail({
        reason: 'newer_version',
        message: `${spec.path} is of version ${version}, this Leash knows versions up to ${spec.migrations.length}. Use the newer Leash, or move the file away to begin anew.`,
      });
    }
    const check = database.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') {
      database.close();
      return fail({ reason: 'corrupt', message: `${spec.path}: ${String(check)}.` });
    }
    migrate(database, version, spec.migrations);
    return ok(database);
  } catch (error) {
    database?.close();
    return fail(storeFailureOf(spec.path, error));
  }
};

/** All steps in one transaction: a kill in the middle leaves the old version. */
const migrate = (database: Database.Database, version: number, migrations: readonly string[]): void => {
  if (version === migrations.length) return;
  database
    .transaction(() => {
      for (const step of migrations.slice(version)) database.exec(step);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .exclusive();
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { StoreFailure } from '../guard-store.ts';
import { storeFailureOf } from './sqlite-failure.ts';

/** One row of a database of ours. */
export interface DumpedRow {
  readonly database: string;
  readonly table: string;
  /** Values by column; blobs as base64. */
  readonly row: Readonly<Record<string, unknown>>;
}

const databases = ['guard.db', 'results.db'] as const;

/** Reads every row of the databases in a state directory, also beside a daemon that uses them. Changes nothing. */
export const dumpDatabases = (
  directory: string,
  take: (row: DumpedRow) => void,
): Result<void, StoreFailure> => {
  const there = databases.filter((name) => existsSync(join(directory, name)));
  if (there.length === 0) {
    const message = `${directory} holds no database of Leash. Name its directory with --database_path.`;
    return fail({ reason: 'not_openable', message });
  }
  for (const name of there) {
    const dumped = dumpDatabase(join(directory, name), (table, row) => take({ database: name, table, row }));
    if (!dumped.ok) return dumped;
  }
  return ok(undefined);
};

const dumpDatabase = (
  path: string,
  take: (table: string, row: Readonly<Record<string, unknown>>) => void,
): Result<void, StoreFailure> => {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const tables = database
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all();
    for (const { name } of tables) {
      const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}"`).iterate();
      for (const row of rows) take(name, printable(row));
    }
    return ok(undefined);
  } catch (error) {
    return fail(storeFailureOf(path, error));
  } finally {
    database?.close();
  }
};

const printable = (row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? value.toString('base64') : value,
    ]),
  );

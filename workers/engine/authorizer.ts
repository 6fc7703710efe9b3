import { allowedFunctions, allowedPragmas } from './allowed.ts';
import type { TableShape } from './table-shape.ts';

/** SQLITE_* action codes of the authorizer (sqlite3.h) with the word a person reads. */
const deniedActions: Readonly<Record<number, string>> = {
  1: 'CREATE INDEX',
  2: 'CREATE TABLE',
  3: 'CREATE TEMP INDEX',
  4: 'CREATE TEMP TABLE',
  5: 'CREATE TEMP TRIGGER',
  6: 'CREATE TEMP VIEW',
  7: 'CREATE TRIGGER',
  8: 'CREATE VIEW',
  9: 'DELETE',
  10: 'DROP INDEX',
  11: 'DROP TABLE',
  12: 'DROP TEMP INDEX',
  13: 'DROP TEMP TABLE',
  14: 'DROP TEMP TRIGGER',
  15: 'DROP TEMP VIEW',
  16: 'DROP TRIGGER',
  17: 'DROP VIEW',
  18: 'INSERT',
  22: 'a transaction',
  23: 'UPDATE',
  24: 'ATTACH or VACUUM',
  25: 'DETACH',
  26: 'ALTER TABLE',
  27: 'REINDEX',
  28: 'ANALYZE',
  29: 'CREATE VIRTUAL TABLE',
  30: 'DROP VIRTUAL TABLE',
  32: 'SAVEPOINT',
};
const schemas: ReadonlySet<string> = new Set(['sqlite_master', 'sqlite_temp_master']);
const remove = 9;
const insert = 18;
const pragma = 19;
const read = 20;
const select = 21;
const update = 23;
const functionCall = 31;
const recursive = 33;

/** What a statement may do beyond SQLite's own. */
export interface Permitted {
  /** Names of our functions, in lower case. */
  readonly functions: ReadonlySet<string>;
  /** The table of this name if it may be written. */
  readonly written: (table: string) => TableShape | undefined;
}

/**
 * Decides one action of a statement; undefined allows it, a text says what is denied. Queries read and nothing
 * else: even a TEMP table is denied, since one named like a virtual table would hide it. Tables of extensions alone may
 * be written: what that means is the extension's affair. `first` and `second` are the arguments that SQLite gives with
 * the action, read only where they matter.
 */
export const deniedAction = (
  action: number,
  first: () => string,
  second: () => string,
  permitted: Permitted,
): string | undefined => {
  switch (action) {
    case read:
    case select:
    case recursive:
      return undefined;
    case functionCall: {
      const name = second().toLowerCase();
      return allowedFunctions.has(name) || permitted.functions.has(name) ? undefined : `function ${name}()`;
    }
    case pragma:
      return allowedPragmas.has(first().toLowerCase()) ? undefined : `PRAGMA ${first()}`;
    case insert:
    case remove: {
      const table = first();
      // SQLite asks about a row of its schema before it tells what is made or dropped.
      if (schemas.has(table)) return action === insert ? 'CREATE' : 'DROP';
      return permitted.written(table) === undefined ? deniedActions[action] : undefined;
    }
    case update: {
      const table = permitted.written(first());
      return table === undefined ? deniedActions[action] : deniedColumn(table, second());
    }
    default:
      return deniedActions[action] ?? `action ${action}`;
  }
};

/** SQLite tells no value of a column under its other name from one that was left alone. */
const deniedColumn = ({ columns }: TableShape, name: string): string | undefined => {
  const index = columns.findIndex((column) => column.name === name);
  const target = columns[index]?.target ?? index;
  return target === index ? undefined : `UPDATE of ${name}, another name of ${columns[target]?.name}`;
};

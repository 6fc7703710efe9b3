import { allowedFunctions, allowedPragmas } from './allowed.ts';

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
const pragma = 19;
const read = 20;
const select = 21;
const functionCall = 31;
const recursive = 33;

/**
 * Decides one action of a statement; undefined allows it, a text says what is denied. Queries read and nothing
 * else: even a TEMP table is denied, since one named like a virtual table would hide it. `first` and `second`
 * are the arguments that SQLite gives with the action, read only where they matter.
 */
export const deniedAction = (
  action: number,
  first: () => string,
  second: () => string,
  ours: ReadonlySet<string>,
): string | undefined => {
  switch (action) {
    case read:
    case select:
    case recursive:
      return undefined;
    case functionCall: {
      const name = second().toLowerCase();
      return allowedFunctions.has(name) || ours.has(name) ? undefined : `function ${name}()`;
    }
    case pragma:
      return allowedPragmas.has(first().toLowerCase()) ? undefined : `PRAGMA ${first()}`;
    default:
      return deniedActions[action] ?? `action ${action}`;
  }
};

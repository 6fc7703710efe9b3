import type { StoreFailure } from '../guard-store.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html) as our closed set of reasons. */
const reasons: readonly (readonly [RegExp, StoreFailure['reason'], string])[] = [
  [/^SQLITE_FULL/, 'disk_full', 'the disk is full'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'corrupt', 'the file is damaged'],
  [/^SQLITE_BUSY/, 'locked', 'another process holds it'],
  [/^SQLITE_(READONLY|PERM|AUTH)/, 'read_only', 'it may not be written'],
  [/^SQLITE_CANTOPEN/, 'not_openable', 'it cannot be opened'],
  [/^SQLITE_IOERR/, 'io', 'reading or writing it failed'],
];

/** What better-sqlite3 threw, as a value. `path` is the database. */
export const storeFailureOf = (path: string, error: unknown): StoreFailure => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = error instanceof Error ? error.message : String(error);
  for (const [pattern, reason, words] of reasons) {
    if (pattern.test(code)) return { reason, message: `${path}: ${words} (${detail}).` };
  }
  return { reason: 'io', message: `${path}: ${detail}.` };
};

import Database from 'better-sqlite3';
import { guardDatabasePath } from './guard-database.ts';

/**
 * Moves what the guard wrote from the log of `guard.db` into the database. Here, on another thread, since it
 * waits for the disk; PASSIVE, so that the guard's next write does not wait for it.
 */
export const checkpointGuard = (directory: string): void => {
  const database = new Database(guardDatabasePath(directory), { fileMustExist: true, timeout: 0 });
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
  } finally {
    database.close();
  }
};

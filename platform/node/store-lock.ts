import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { StoreFailure } from '../guard-store.ts';
import { storeFailureOf } from './sqlite-failure.ts';

/** The right to a state directory, until released or the process ends. */
export interface StoreLock {
  release(): void;
}

/**
 * One daemon a store: an exclusive transaction held on `lock.db`. The kernel drops it with the process, so a kill
 * leaves no stale lock. The holder's pid stands beside it for the message only.
 */
export const lockStore = (directory: string, pid: number): Result<StoreLock, StoreFailure> => {
  const path = join(directory, 'lock.db');
  const holder = join(directory, 'lock.pid');
  let database: Database.Database | undefined;
  try {
    writeFileSync(path, '', { flag: 'a', mode: 0o600 });
    const held = new Database(path, { timeout: 0 });
    database = held;
    held.exec('BEGIN EXCLUSIVE');
    writeFileSync(holder, `${pid}\n`, { mode: 0o600 });
    return ok({ release: () => void held.close() });
  } catch (error) {
    database?.close();
    const failure = storeFailureOf(path, error);
    if (failure.reason !== 'locked') return fail(failure);
    return fail({
      reason: 'locked',
      message: `${directory} is in use by another leashd (pid ${readHolder(holder)}). Stop that one first, or give this one another --database_path.`,
    });
  }
};

const readHolder = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
};

/** Result codes of SQLite (sqlite3.h) that the engine tells apart. */
export const result = {
  ok: 0,
  error: 1,
  abort: 4,
  noMemory: 7,
  readOnly: 8,
  interrupt: 9,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  authorization: 23,
  row: 100,
  done: 101,
} as const;

/** Storage classes (SQLITE_INTEGER, …). */
export const storage = { integer: 1, float: 2, text: 3, blob: 4, null: 5 } as const;

/** SQLITE_TRANSIENT: SQLite copies the value before the call returns. */
export const transient = -1;

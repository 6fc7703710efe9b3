import { result } from './codes.ts';
import type { Plan } from './plan.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import type { ArgumentValue } from './scan-query.ts';
import { readValue, type SqlValue } from './sql-value.ts';

/** Reads the arguments of xFilter, with IN lists as arrays. */
export const readArguments = (
  sqlite: RawSqlite,
  plan: Plan,
  count: number,
  argv: Pointer,
): readonly ArgumentValue[] =>
  Array.from({ length: count }, (_, index): ArgumentValue => {
    const value = sqlite.memory.view.getInt32(argv + index * 4, true);
    return plan.arguments[index]?.kind === 'list' ? readList(sqlite, value) : readValue(sqlite, value);
  });

const readList = (sqlite: RawSqlite, list: Pointer): readonly SqlValue[] => {
  const { exports, memory } = sqlite;
  const out = memory.allocate(4);
  try {
    const values: SqlValue[] = [];
    let code = exports.sqlite3_vtab_in_first(list, out);
    while (code === result.ok) {
      values.push(readValue(sqlite, memory.view.getInt32(out, true)));
      code = exports.sqlite3_vtab_in_next(list, out);
    }
    if (code !== result.done) throw new Error(`an IN list could not be read: code ${code}`);
    return values;
  } finally {
    exports.free(out);
  }
};

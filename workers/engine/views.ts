import { result } from './codes.ts';
import type { Views } from './config-tables.ts';
import { type AuthorizerLog, execute } from './connection.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { statementColumns } from './result-columns.ts';
import { finalizeAll, prepareAll, type Statement } from './statements.ts';
import type { VirtualTables } from './virtual-tables.ts';

/**
 * Views on the connection that queries run on. Their names have no quote in them. What a view reads is judged when a
 * query reads the view, by the rules for every query.
 */
export const connectionViews = (
  sqlite: RawSqlite,
  db: Pointer,
  tables: VirtualTables,
  log: AuthorizerLog,
): Views => {
  const prepared = <T>(sql: string, use: (code: number, statements: readonly Statement[]) => T): T => {
    const statements: Statement[] = [];
    log.denied = undefined;
    try {
      return use(prepareAll(sqlite, db, sql, statements, tables), statements);
    } finally {
      finalizeAll(sqlite, statements);
    }
  };
  const message = (): string =>
    log.denied === undefined
      ? sqlite.memory.cString(sqlite.exports.sqlite3_errmsg(db))
      : `not authorized: ${log.denied}`;
  const ours = (run: () => void): void => {
    log.isOurs = true;
    try {
      run();
    } finally {
      log.isOurs = false;
    }
  };
  return {
    create: ({ name, sql }) =>
      ours(() =>
        prepared(`CREATE TEMP VIEW "${name}" AS ${sql}`, (code, [statement, ...more]) => {
          if (code !== result.ok) throw new Error(message());
          // What followed the first one would run with the rights of the view's making.
          if (statement === undefined || more.length > 0) throw new Error('it is more than one statement');
          if (sqlite.exports.sqlite3_step(statement.pointer) !== result.done) throw new Error(message());
        }),
      ),
    drop: (name) => ours(() => execute(sqlite, db, `DROP VIEW temp."${name}"`)),
    look: (name) =>
      prepared(`SELECT * FROM "${name}"`, (code, [statement]) => {
        if (code !== result.ok || statement === undefined) return { unusable: message() };
        return { columns: statementColumns(sqlite, statement.pointer).map((column) => column.name) };
      }),
  };
};

import { tableDefinition } from '../../protocol/table-definition.ts';
import { execute } from './connection.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import type { TableShape } from './table-shape.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const rowOf = (shape: TableShape): string => {
  const own = shape.columns.filter(({ target }, index) => target === index);
  const { columns } = tableDefinition(
    own.map(({ name, declared }, index) => ({
      name,
      type: declared.type,
      index: declared.index === true,
      additional: declared.additional === true,
      hidden: declared.hidden === true,
      collate: declared.collate,
      aliases: shape.columns.filter((other) => other.target === index && other.name !== name).map(nameOf),
    })),
  );
  const sql = `CREATE VIRTUAL TABLE ${shape.name} USING ${shape.name}(${columns})`;
  return `(${['table', shape.name, shape.name].map(quoted).join(',')},0,${quoted(sql)})`;
};

const nameOf = ({ name }: { readonly name: string }): string => name;

/**
 * Rows of sqlite_temp_master, where osquery has its tables and people look for them. Here tables are there without a row:
 * SQLite sets each up when a statement names it, and its own list of them stays as it is. So the rows are there while a
 * statement that reads them runs, and no longer: SQLite would make tables of them if it read its schema anew.
 */
export const writeSchemaRows = (sqlite: RawSqlite, db: Pointer, shapes: readonly TableShape[]): void => {
  const byName = shapes.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  inSchema(
    sqlite,
    db,
    byName.map((shape) => `INSERT INTO temp.sqlite_temp_master VALUES ${rowOf(shape)}`),
  );
};

/** Views of the config have rows of their own, which stay. */
export const clearSchemaRows = (sqlite: RawSqlite, db: Pointer): void =>
  inSchema(sqlite, db, ["DELETE FROM temp.sqlite_temp_master WHERE type = 'table'"]);

const inSchema = (sqlite: RawSqlite, db: Pointer, statements: readonly string[]): void => {
  const sql = ['PRAGMA writable_schema = ON', ...statements, 'PRAGMA writable_schema = OFF'].join(';\n');
  try {
    execute(sqlite, db, sql);
  } catch (cause) {
    // Its message holds all of the SQL.
    const why = sqlite.memory.cString(sqlite.exports.sqlite3_errmsg(db));
    throw new Error(`the rows of sqlite_temp_master cannot be written: ${why}`, { cause });
  }
};

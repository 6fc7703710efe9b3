import type { HostFiles } from './host-files.ts';
import type { HostNetwork } from './host-network.ts';
import type { SupervisorTable } from './supervisor-tables.ts';

/** What a table may put into a cell. `undefined` stands for '' in a TEXT column and NULL in a numeric one. */
export type TableValue = string | number | bigint | Uint8Array | null | undefined;

/** Declared type of a table column, in osquery's names. */
export type TableColumnType = 'TEXT' | 'INTEGER' | 'BIGINT' | 'UNSIGNED_BIGINT' | 'DOUBLE' | 'BLOB';

/** Collations a column may declare. Those named VERSION* compare like sql-function version_compare. */
export type Collation =
  | 'BINARY'
  | 'NOCASE'
  | 'RTRIM'
  | 'VERSION'
  | 'VERSION_ARCH'
  | 'VERSION_DPKG'
  | 'VERSION_RHEL';

/** Options of a column, with osquery's meaning (specs/*.table), and one of our own. */
export interface ColumnOptions {
  /** Part of the table's key; constraints on it are pushed down. */
  readonly index?: true;
  /** The table needs a constraint on this column (one constrained required column is enough). */
  readonly required?: true;
  /** Constraints on it change what is generated; pushed down. */
  readonly additional?: true;
  /** `IN` lists arrive at once instead of one scan per value. */
  readonly optimized?: true;
  /** Left out of `SELECT *`. */
  readonly hidden?: true;
  readonly collate?: Collation;
  /** Other names of the column, exposed as hidden columns. */
  readonly aliases?: readonly string[];
  /**
   * No row has an empty text in it, so that a scan for one is spared: an empty text that is asked for is no constraint
   * otherwise, and a join with rows of which many have none, as processes have no path, would read the whole table for each.
   * Of an extension's table it is not told.
   */
  readonly filled?: true;
}

/** A column as declared; made with `text`, `integer`, `bigint`, `unsignedBigint`, `double`, `blob`. */
export interface Column<Type extends TableColumnType = TableColumnType> extends ColumnOptions {
  readonly type: Type;
}

export const text = (options: ColumnOptions = {}): Column<'TEXT'> => ({ type: 'TEXT', ...options });
export const integer = (options: ColumnOptions = {}): Column<'INTEGER'> => ({ type: 'INTEGER', ...options });
export const bigint = (options: ColumnOptions = {}): Column<'BIGINT'> => ({ type: 'BIGINT', ...options });
export const unsignedBigint = (options: ColumnOptions = {}): Column<'UNSIGNED_BIGINT'> => ({
  type: 'UNSIGNED_BIGINT',
  ...options,
});
export const double = (options: ColumnOptions = {}): Column<'DOUBLE'> => ({ type: 'DOUBLE', ...options });
export const blob = (options: ColumnOptions = {}): Column<'BLOB'> => ({ type: 'BLOB', ...options });

/** Columns of a table in schema order. */
export type Columns = Readonly<Record<string, Column>>;

type ValueOf<Type extends TableColumnType> = Type extends 'TEXT'
  ? string | null | undefined
  : Type extends 'BLOB'
    ? Uint8Array | string | null | undefined
    : Type extends 'DOUBLE'
      ? number | null | undefined
      : number | bigint | null | undefined;

/** The row type that follows from a table's columns. A missing member means `undefined`. */
export type RowOf<C extends Columns> = { readonly [K in keyof C]?: ValueOf<C[K]['type']> };

/** Comparison of a pushed-down constraint. */
export type ConstraintOperator = '=' | '>' | '<=' | '<' | '>=' | 'MATCH' | 'LIKE' | 'GLOB' | 'REGEXP';

/** A constraint that SQLite pushed down. SQLite checks every row again, so using it is only an optimisation. */
export interface Constraint {
  readonly operator: ConstraintOperator;
  readonly value: string | number | bigint;
}

/** A value of a foreign database. */
export type DatabaseValue = string | number | bigint | Uint8Array | null;

/** A statement that reads a SQLite file of the host. */
export interface DatabaseRead {
  /** The door that the file, and what lies beside it (`-wal`, `-journal`), is read through. */
  readonly files: HostFiles;
  readonly path: string;
  readonly sql: string;
  /** Texts for the `?` of the statement. */
  readonly parameters: readonly string[];
  /**
   * Names of the columns to give, in this order, each as SQLite casts it to text; one that the statement has not is NULL,
   * and a warning says so. Absent: all columns, as they are.
   */
  readonly textsOf?: readonly string[];
}

/** What a table is told about the scan that it serves. */
export interface TableQuery<C extends Columns = Columns> {
  /** True when the statement reads at least one of these columns. Skip files that only serve others. */
  uses(...columns: readonly (keyof C & string)[]): boolean;
  /** Text of the values of `=` and `IN` on a column, without duplicates; undefined when there are none. */
  equals(column: keyof C & string): readonly string[] | undefined;
  /** Patterns of LIKE on a column (`%` wildcards as written). Empty when there are none. */
  likes(column: keyof C & string): readonly string[];
  /** All pushed constraints on a column. */
  constraints(column: keyof C & string): readonly Constraint[];
  /** The most rows that the statement can use, if SQLite told. */
  readonly limit: number | undefined;
  /** The file door: the only way from a table to the host. */
  readonly files: HostFiles;
  /** Facts about this process and host that are no files. */
  readonly host: HostFacts;
  /**
   * Rows of a SQLite file, which is neither locked nor changed, and beside which nothing is made; what is only in its
   * write-ahead log is read, too. A file that is not there has no rows. One that cannot be read has as many as could be,
   * and a warning says why; so does one that changed meanwhile.
   */
  readDatabase(read: DatabaseRead): Iterable<readonly DatabaseValue[]>;
  /** What can be queried beside the built-in tables at the moment, by the names that were given. */
  addedTables(): readonly AddedTable[];
  /** Rows of a table that only the supervisor can know; with `key` those of one thing in it. */
  askSupervisor(table: SupervisorTable, key?: string): readonly Readonly<Record<string, TableValue>>[];
  /** Tell the person who asked something about this scan (once per text and run). */
  warn(message: string): void;
}

/** A table that is not built in: an extension's, or a table or view of the config, which has no uuid. */
export interface AddedTable {
  readonly name: string;
  readonly uuid?: number;
}

/** Facts about the process and host, passed in so that tests decide them. */
export interface HostFacts {
  /** Effective user id of the worker. */
  readonly uid: number;
  /** Kernel clock ticks per second (AT_CLKTCK of the aux vector; 100 on every Linux in use). */
  readonly clockTicksPerSecond: number;
  /** Page size in bytes (AT_PAGESZ). */
  readonly page_bytes: number;
  /** Time zone of the daemon (`TZ`, tzset(3)); absent: the host's. */
  readonly timeZone?: string | undefined;
  /** Wall clock, Unix milliseconds. */
  wallClockMs(): number;
  /** `os.networkInterfaces()`, for the addresses that no file holds. */
  networkInterfaces(): NodeJS.Dict<readonly HostAddress[]>;
}

/** An interface address as libuv tells it. */
export interface HostAddress {
  readonly address: string;
  readonly netmask: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly mac: string;
  readonly internal: boolean;
}

/** What a table that needs a socket is told: the same, and the door to the network. */
export interface NetTableQuery<C extends Columns = Columns> extends TableQuery<C> {
  /** The network door: the only way from a table to a socket. */
  readonly network: HostNetwork;
}

/** What every table declares. */
export interface TableDeclaration<C extends Columns> {
  readonly name: string;
  /** One sentence in own words: what a row stands for. */
  readonly description: string;
  readonly columns: C;
  /** A query for the reference, with what the table is good for; absent: its first rows. */
  readonly example?: string;
  /** Other names of the table, under which it is the same. */
  readonly aliases?: readonly string[];
  /** Rows depend on the calling user unless a uid constraint says otherwise. */
  readonly userData?: true;
  /** A scheduled query may reuse the rows of the last run (osquery's CACHEABLE). */
  readonly cacheable?: true;
}

/** A table of files and facts of the host: synchronous, since nothing that it asks makes it wait. */
export interface PureTable<C extends Columns = Columns> extends TableDeclaration<C> {
  readonly needs?: never;
  /** Rows for one scan. May be lazy: the engine pulls rows and stops when it has enough. */
  generate(query: TableQuery<C>): Iterable<RowOf<C>>;
}

/** A table whose rows come through a socket. Statements that read one run in a worker that may open sockets. */
export interface NetTable<C extends Columns = Columns> extends TableDeclaration<C> {
  readonly needs: 'net';
  /**
   * Rows for one scan: one by one as they come, or all at once when they are there, which is cheaper. The statement is
   * suspended meanwhile; when the run ends early, what the door has open is closed and the iterator is returned.
   */
  generate(query: NetTableQuery<C>): AsyncIterable<RowOf<C>> | Promise<Iterable<RowOf<C>>>;
}

/** A table: the same for built-in tables and for authors of extensions. */
export type Table<C extends Columns = Columns> = PureTable<C> | NetTable<C>;

/** Declares a table; the row type of `generate` follows from `columns`. */
export function defineTable<const C extends Columns>(table: PureTable<C>): PureTable<C>;
export function defineTable<const C extends Columns>(table: NetTable<C>): NetTable<C>;
export function defineTable<const C extends Columns>(table: Table<C>): Table<C> {
  return table;
}

import { contactingTables } from '../contacting-tables.ts';
import type { WorkerAnswer, WorkerProcess } from '../workers/worker-process.ts';
import type { ListedQuery } from './listed-queries.ts';

/** What became of a listed query. */
export interface QueryOutcome {
  readonly query: ListedQuery;
  /** It was prepared and not run, since it would contact somebody beyond this machine. */
  readonly isPreparedOnly: boolean;
  readonly rows: number;
  readonly wall_ms: number;
  /** Why it is not as the list says; undefined where it is. */
  readonly problem: string | undefined;
}

/** The query as one that SQLite prepares whole and ends before its first scan. */
const preparedOnly = (sql: string): string => `SELECT * FROM (\n${sql.replace(/;\s*$/, '')}\n) LIMIT 0`;

/** SQLite tells columns of one name in a subquery apart by a number. */
const withoutOrdinal = (name: string): string => name.replace(/:\d+$/, '');

/** Lets a worker of profile `net` prepare a query. */
export const prepareQuery = async (worker: WorkerProcess, query: ListedQuery): Promise<QueryOutcome> => {
  const answer = await worker.query(preparedOnly(query.sql));
  const { paths, read_bytes } = answer.cost;
  if (paths > 0 || read_bytes > 0) throw new Error(`${query.id} was to be prepared, and ran`);
  const names = answer.columns.map(({ name }) => withoutOrdinal(name));
  return outcomeOf(query, answer, names, true);
};

/** Lets it run one; a query of a table that contacts somebody is prepared only. */
export const runQuery = async (worker: WorkerProcess, query: ListedQuery): Promise<QueryOutcome> => {
  if (query.tables.some((table) => contactingTables.has(table))) return prepareQuery(worker, query);
  const answer = await worker.query(query.sql);
  const names = answer.columns.map(({ name }) => name);
  return outcomeOf(query, answer, names, false);
};

const outcomeOf = (
  query: ListedQuery,
  { failure, cells, cost }: WorkerAnswer,
  names: readonly string[],
  isPreparedOnly: boolean,
): QueryOutcome => ({
  query,
  isPreparedOnly,
  rows: cells.length,
  wall_ms: cost.wall_ms,
  problem: failure?.message ?? differenceOf(names, query.resultColumns),
});

const differenceOf = (
  names: readonly string[],
  expected: readonly string[] | undefined,
): string | undefined =>
  expected === undefined || names.join() === expected.join()
    ? undefined
    : `columns are ${names.join()}, the list has ${expected.join()}`;

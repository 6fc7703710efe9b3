import type { CellRow, ResultColumn } from '../../protocol/cell.ts';
import type { RunCost } from '../../protocol/run.ts';
import { plainRow, type RowShape, renderRow } from '../ledger/rows.ts';

/** What came of one distributed query, as its plugin is told. */
export interface DistributedResult {
  readonly id: string;
  /** 0: it ran to its end; 1: it failed, was stopped, or is denied. */
  readonly status: 0 | 1;
  /** Why it failed; empty otherwise. */
  readonly message: string;
  /** A JSON array of rows; empty when it failed. */
  readonly rows: string;
  /** Undefined when it did not run. */
  readonly cost: RunCost | undefined;
}

/** Rows as JSON objects with commas between them: values are texts, members in the order of the query's columns. */
export const distributedRows = (
  columns: readonly ResultColumn[],
  rows: readonly CellRow[],
  nullvalue: string,
): string => {
  const indexes = new Map(columns.map(({ name }, index) => [name, index]));
  const shape: RowShape = [...indexes].map(([name, index]) => ({ name, index, key: '' }));
  return rows.map((row) => renderRow(plainRow(shape, row), { numerics: false, nullvalue })).join(',');
};

/** The request that tells a plugin all that came of these queries (osquery's write request, without a node key). */
export const distributedResultsText = (results: readonly DistributedResult[]): string => {
  const members = (text: (result: DistributedResult) => string): string =>
    results.map((result) => `${JSON.stringify(result.id)}:${text(result)}`).join(',');
  return (
    `{"queries":{${members(({ rows }) => rows)}},` +
    `"statuses":{${members(({ status }) => String(status))}},` +
    `"messages":{${members(({ message }) => JSON.stringify(message))}},` +
    `"stats":{${members(({ cost }) => statsText(cost))}}}`
  );
};

/** Times in milliseconds, memory in bytes of growth. */
const statsText = (cost: RunCost | undefined): string =>
  cost === undefined
    ? '{}'
    : JSON.stringify({
        wall_time_ms: Math.round(cost.wall_ms),
        user_time: Math.round(cost.user_ms),
        system_time: Math.round(cost.system_ms),
        memory: Math.round(cost.memory_bytes),
      });

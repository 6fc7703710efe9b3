import type { CommittedRun, LineOptions, QueryPerformance } from '../../platform/ledger.ts';
import type { StoredBaseline } from '../../platform/results-store.ts';
import type { CellRow, ResultColumn } from '../../protocol/cell.ts';
import type { RunCost } from '../../protocol/run.ts';
import { compareResults } from './differential.ts';
import { differentialLines, snapshotLines } from './lines.ts';
import { afterRun, noPerformance } from './performance.ts';
import { canonicalTexts, compareRows, plainRow, type RowMap, shapeOf } from './rows.ts';

/** What one statement gave. */
export interface StatementRows {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly CellRow[];
}

/** A finished run, decoded. */
export interface FinishedRun {
  readonly name: string;
  readonly sql: string;
  readonly snapshot: boolean;
  readonly removed: boolean;
  /** Statement by statement; a row has the columns of its own one, as in osquery. */
  readonly results: readonly StatementRows[];
  readonly finished_unix_ms: number;
  readonly cost: RunCost;
  readonly lines: LineOptions;
}

/** What follows from a run: to be stored in one transaction. */
export interface Assessment {
  readonly run: CommittedRun;
  readonly baseline: StoredBaseline;
  readonly log: 'results' | 'snapshots';
  readonly lines: readonly string[];
}

/** Compares a run with what is stored, by osquery's rules (epoch, counter, `removed`). */
export const assessRun = (run: FinishedRun, before: StoredBaseline | undefined): Assessment => {
  const known = before?.sql === run.sql ? before.performance : noPerformance(run.name);
  const performance = afterRun(known, run.cost, outputBytes(run.results), run.finished_unix_ms);
  return run.snapshot ? assessSnapshot(run, performance) : assessDifferential(run, before, performance);
};

const assessSnapshot = (run: FinishedRun, performance: QueryPerformance): Assessment => {
  const rows = run.results.flatMap((given) => {
    const shape = shapeOf(given.columns);
    return given.rows.map((row) => plainRow(shape, row));
  });
  const lines = snapshotLines(rows, { name: run.name, unix_ms: run.finished_unix_ms, counter: 0 }, run.lines);
  return {
    run: { rows: rows.length, added: 0, removed: 0, lines: lines.length, counter: 0 },
    baseline: { sql: run.sql, epoch: run.lines.epoch, counter: 0, rows: undefined, performance },
    log: 'snapshots',
    lines,
  };
};

const assessDifferential = (
  run: FinishedRun,
  before: StoredBaseline | undefined,
  performance: QueryPerformance,
): Assessment => {
  const { nullvalue } = run.lines;
  const after = run.results.flatMap(({ columns, rows }) => canonicalTexts(shapeOf(columns), rows, nullvalue));
  const newEpoch = before?.rows === undefined || before.epoch !== run.lines.epoch;
  const change = newEpoch ? { added: after, removed: [] } : compareResults(split(before.rows), after);
  const changed = change.added.length > 0 || change.removed.length > 0;
  const counter = newEpoch ? 0 : changed ? before.counter + 1 : before.counter;
  const added = change.added.map(parse);
  const removed = run.removed ? change.removed.map(parse).sort(compareRows) : [];
  const nothing = added.length === 0 && removed.length === 0;
  // A counter of 0 without rows is still a line in batch format: it marks the new epoch.
  const silent = nothing && (counter !== 0 || run.lines.eventLines);
  const facts = { name: run.name, unix_ms: run.finished_unix_ms, counter };
  const lines = silent ? [] : differentialLines(added, removed, facts, run.lines);
  const rows = changed || newEpoch ? after.join('\n') : before.rows;
  return {
    run: { rows: after.length, added: added.length, removed: removed.length, lines: lines.length, counter },
    baseline: { sql: run.sql, epoch: run.lines.epoch, counter, rows, performance },
    log: 'results',
    lines,
  };
};

const split = (rows: string): readonly string[] => (rows === '' ? [] : rows.split('\n'));

// Texts that canonicalTexts wrote.
const parse = (text: string): RowMap => JSON.parse(text) as RowMap;

/** osquery's output size: bytes of column names and values of every row; a number counts 8. */
const outputBytes = (results: readonly StatementRows[]): number => {
  let bytes = 0;
  for (const { columns, rows } of results) {
    const names_bytes = columns.reduce((sum, column) => sum + Buffer.byteLength(column.name), 0);
    bytes += names_bytes * rows.length;
    for (const row of rows) {
      for (const cell of row)
        bytes += typeof cell === 'string' ? Buffer.byteLength(cell) : cell === null ? 0 : 8;
    }
  }
  return bytes;
};

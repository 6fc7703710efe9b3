/**
 * What does it take to compare a result of 10,000 rows × 10 columns with the one that the store holds, when one row in a
 * hundred has changed? From the decoded rows of the new run to added and removed rows (for Leash: to the log's lines), the stored
 * ones read from a database on disk; beside it, in the same run, the two ways that come to mind first: JSON rows counted in a map, and SQL (both
 * results as tables, grouped, EXCEPT both ways). The same with all rows in another order, and for Leash the whole task of
 * the store thread, from the worker's frames to the committed transaction.
 *
 *   node benchmarks/differential.ts [--rounds 30]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { openResultsStore } from '../platform/node/results-database.ts';
import type { CellRow } from '../protocol/cell.ts';
import { noCost } from '../protocol/run.ts';
import { assessRun } from '../supervisor/ledger/assess-run.ts';
import { performTask } from '../supervisor/ledger/perform-task.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '30' } } });
const rounds = Number(values.rounds);
const warmUpRounds = 5;
const rowCount = 10_000;
const oneIn = 100;
const rowsPerFrame = 500;

const names = Array.from({ length: 10 }, (_none, index) => `c${index}`);
const columns = names.map((name) => ({ name, type: 'TEXT' as const }));

/** As JSON.parse gives them; every hundredth row is that of one round alone. */
const rowsOf = (round: number): readonly CellRow[] =>
  JSON.parse(
    JSON.stringify(
      Array.from({ length: rowCount }, (_none, row) =>
        names.map((name, index) =>
          index % 3 === 0
            ? row * (index + 1)
            : `value ${row} of ${name}${row % oneIn === 0 ? ` in ${round}` : ''}`,
        ),
      ),
    ),
  ) as CellRow[];

const folder = mkdtempSync(join(tmpdir(), 'leash-differential-'));

interface Change {
  readonly added: number;
  readonly removed: number;
}

/** A new result, decoded and as the worker sent it. */
interface NewResult {
  readonly rows: readonly CellRow[];
  readonly frames: Uint8Array<ArrayBuffer>;
}

/** Compares a result with the stored one and stores it; only the first is timed. */
interface Contestant {
  compare(result: NewResult): Change;
  store(rows: readonly CellRow[]): void;
}

const opened = openResultsStore(folder, { now_unix_ms: 0 });
if (!opened.ok) throw new Error(opened.error.message);
const results = opened.value.store;
const run = {
  name: 'q',
  sql: 'SELECT 1',
  snapshot: false,
  removed: true,
  finished_unix_ms: 0,
  cost: noCost,
  lines: {
    hostIdentifier: 'host',
    eventLines: true,
    snapshotEventLines: false,
    numerics: false,
    nullvalue: '',
    epoch: 0,
    decorations: {},
    decorationsTopLevel: false,
  },
};
const leash: Contestant = {
  compare: ({ rows }) => assessRun({ ...run, results: [{ columns, rows }] }, results.baseline(run.name)).run,
  store: (rows) => {
    const { baseline, log, lines } = assessRun(
      { ...run, results: [{ columns, rows }] },
      results.baseline(run.name),
    );
    results.commit(run.name, baseline, log, lines);
  },
};

const peers = new Database(join(folder, 'peers.db'));
peers.pragma('journal_mode = WAL');
peers.exec(`CREATE TABLE document (body TEXT);
  CREATE TABLE old (${names.join()});
  CREATE TEMP TABLE new (${names.join()});`);

const counted = (rows: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
};
const surplus = (of: ReadonlyMap<string, number>, over: ReadonlyMap<string, number>): number => {
  let count = 0;
  for (const [row, times] of of) count += Math.max(0, times - (over.get(row) ?? 0));
  return count;
};
const asObjects = (rows: readonly CellRow[]): readonly object[] =>
  rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
const document = peers.prepare('SELECT body FROM document').pluck();
const jsonMap: Contestant = {
  compare: ({ rows }) => {
    const stored = JSON.parse((document.get() as string | undefined) ?? '[]') as readonly object[];
    const old = counted(stored.map((row) => JSON.stringify(row)));
    const now = counted(asObjects(rows).map((row) => JSON.stringify(row)));
    return { added: surplus(now, old), removed: surplus(old, now) };
  },
  store: (rows) => {
    peers.exec('DELETE FROM document');
    peers.prepare('INSERT INTO document VALUES (?)').run(JSON.stringify(asObjects(rows)));
  },
};

const fill = peers.transaction((table: 'old' | 'new', rows: readonly CellRow[]) => {
  peers.exec(`DELETE FROM ${table}`);
  const insert = peers.prepare(`INSERT INTO ${table} VALUES (${names.map(() => '?').join()})`);
  for (const row of rows) insert.run(...row);
});
const grouped = (table: string): string => `SELECT *, count(*) AS n FROM ${table} GROUP BY ${names.join()}`;
const except = (one: string, other: string): number =>
  peers.prepare(`${grouped(one)} EXCEPT ${grouped(other)}`).all().length;
const sql: Contestant = {
  compare: ({ rows }) => {
    fill('new', rows);
    return { added: except('new', 'old'), removed: except('old', 'new') };
  },
  store: (rows) => fill('old', rows),
};

/** The whole task, from frames to the committed transaction. */
const task: Contestant = {
  compare: ({ frames }) => {
    const ledger = {
      store: results,
      sinks: [],
      notices: [],
      spool: { lines: 0, bytes: 2 ** 30 },
      checkpoint: () => undefined,
    };
    const done = performTask(ledger, { type: 'commit', run, results: [{ columns, frames }] });
    if (!done.ok || done.value === undefined || !('run' in done.value)) throw new Error('not committed');
    return done.value.run;
  },
  store: () => undefined,
};

const framesOf = (rows: readonly CellRow[]): Uint8Array<ArrayBuffer> => {
  const batches = Array.from({ length: rowCount / rowsPerFrame }, (_none, index) =>
    JSON.stringify(rows.slice(index * rowsPerFrame, (index + 1) * rowsPerFrame)),
  );
  return Buffer.from(batches.map((batch) => `${batch}\n`).join(''));
};

/** Median milliseconds of a comparison; `order` is applied to each new result. */
const measure = (
  contestant: Contestant,
  order: (rows: readonly CellRow[], round: number) => readonly CellRow[],
): number => {
  const taken: number[] = [];
  contestant.store(rowsOf(0));
  for (let round = 1; round <= rounds + warmUpRounds; round += 1) {
    const rows = order(rowsOf(round), round);
    const frames = framesOf(rows);
    const began_ms = performance.now();
    const { added, removed } = contestant.compare({ rows, frames });
    const took_ms = performance.now() - began_ms;
    if (added !== rowCount / oneIn || removed !== rowCount / oneIn)
      throw new Error(`${added} added, ${removed} removed`);
    if (round > warmUpRounds) taken.push(took_ms);
    contestant.store(rows);
  }
  return median(taken);
};

const asItComes = (rows: readonly CellRow[]): readonly CellRow[] => rows;
const everyOther = (rows: readonly CellRow[], round: number): readonly CellRow[] =>
  round % 2 === 0 ? rows : rows.toReversed();

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}, ${rowCount} rows x ${names.length}, one in ${oneIn} changed, ${rounds} rounds\n`,
);
for (const [what, order] of [
  ['rows in the order of the last result', asItComes],
  ['rows in the reverse order', everyOther],
] as const) {
  const mine_ms = measure(leash, order);
  const [json_ms, sql_ms, task_ms] = [jsonMap, sql, task].map((peer) => measure(peer, order));
  process.stdout.write(
    `${what}: Leash ${mine_ms.toFixed(1)} ms, JSON map ${json_ms?.toFixed(1)} ms (${((json_ms ?? 0) / mine_ms).toFixed(1)} x), SQL ${sql_ms?.toFixed(1)} ms (${((sql_ms ?? 0) / mine_ms).toFixed(1)} x); Leash from frames to commit ${task_ms?.toFixed(1)} ms\n`,
  );
}
results.close();
peers.close();
rmSync(folder, { recursive: true });

/**
 * How much does a scan through our SQLite (WASM) cost beside better-sqlite3's own virtual tables? One synthetic
 * table of 100,000 rows × 25 columns, the same rows and the same SQL on both sides, in one process, in turns.
 * Ours encodes every row for the channel; better-sqlite3 gives arrays. A ratio under 1 is in our favour.
 */
import Database from 'better-sqlite3';
import { type Column, integer, type Table, type TableValue, text } from '../protocol/table.ts';
import { Engine } from '../workers/engine/engine.ts';
import { engineMemoryMax_bytes, runStatement } from './engine-statements.ts';
import { median } from './statistics.ts';

const rows = 100_000;
const rounds = 7;
const names = Array.from({ length: 25 }, (_, index) => `c${index}`);
const isText = (index: number): boolean => index % 2 === 1;

const data = Array.from(
  { length: rows },
  (_, row): Readonly<Record<string, TableValue>> =>
    Object.fromEntries(
      names.map((name, index) => [
        name,
        isText(index) ? `value ${row % 1000} of ${name}` : row * (index + 1),
      ]),
    ),
);

const columns: Readonly<Record<string, Column>> = Object.fromEntries(
  names.map((name, index) => [name, isText(index) ? text() : integer()]),
);
const table: Table = { name: 'wide', description: 'a synthetic table', columns, generate: () => data };

const engine = Engine.open([table], engineMemoryMax_bytes);

/** Ready-made, so that building arrays is not charged to the peer. */
const arrays = data.map((row) => names.map((name) => row[name]));
const peer = new Database(':memory:');
peer.table('wide', {
  columns: names,
  *rows() {
    yield* arrays;
  },
});
const runPeer = (sql: string): number => peer.prepare(sql).raw().all().length;

const timed = (work: () => number): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};

for (const sql of [
  'SELECT * FROM wide',
  'SELECT count(*) FROM wide',
  "SELECT c0, c1 FROM wide WHERE c1 = 'value 7 of c1'",
  'SELECT c1, count(*), sum(c2) FROM wide GROUP BY c1',
]) {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(timed(() => runStatement(engine, sql)));
    theirs.push(timed(() => runPeer(sql)));
  }
  const [mine, other] = [median(ours), median(theirs)];
  console.log(
    `${sql}\n  leash ${mine.toFixed(1)} ms, better-sqlite3 ${other.toFixed(1)} ms, ratio ${(mine / other).toFixed(2)}`,
  );
}

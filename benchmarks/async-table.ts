/**
 * What does it cost to wait for rows? The same 100,000 rows of 3 columns from a synchronous table, and from
 * asynchronous ones in an engine of profile `net`: all at once, one by one without a turn of the loop, and one by one in
 * pieces of 256 rows that each come with a turn of the loop, as from a socket. In turns, in one process; what is above
 * the synchronous table is the price of JSPI and of the promises. At the end: what a synchronous table costs in an
 * engine that could wait (nothing, it should be).
 */
import { setImmediate as turn } from 'node:timers/promises';
import { defineTable, integer, type RowOf, type Table, text } from '../protocol/table.ts';
import { noNetwork } from '../test/workers/engine/net-harness.ts';
import { Engine } from '../workers/engine/engine.ts';
import { engineMemoryMax_bytes, runStatement, runWaitingStatement } from './engine-statements.ts';
import { median } from './statistics.ts';

const rows = 100_000;
const rounds = 7;
const piece = 256;

const columns = { id: integer(), name: text(), size: integer() };
const data = Array.from(
  { length: rows },
  (_, row): RowOf<typeof columns> => ({
    id: row,
    name: `value ${row % 1000}`,
    size: row * 7,
  }),
);

const tables: readonly Table[] = [
  defineTable({ name: 'synchronous', description: 'At hand.', columns, generate: () => data }),
  defineTable({
    name: 'at_once',
    description: 'A promise of all rows.',
    needs: 'net',
    columns,
    generate: async () => data,
  }),
  defineTable({
    name: 'one_by_one',
    description: 'A promise for each row.',
    needs: 'net',
    columns,
    async *generate() {
      yield* data;
    },
  }),
  defineTable({
    name: 'in_pieces',
    description: 'A promise for each row, and a turn of the loop for each piece.',
    needs: 'net',
    columns,
    async *generate() {
      for (let at = 0; at < rows; at += piece) {
        await turn();
        yield* data.slice(at, at + piece);
      }
    },
  }),
];

const pure = Engine.open(tables, engineMemoryMax_bytes);
const net = Engine.open(tables, engineMemoryMax_bytes, 'net');
const runPure = async (sql: string): Promise<number> => runStatement(pure, sql);
const runNet = (sql: string): Promise<number> => runWaitingStatement(net, sql, () => noNetwork);

const cases = [
  { what: 'synchronous, pure engine', table: 'synchronous', run: runPure },
  { what: 'synchronous, net engine', table: 'synchronous', run: runNet },
  { what: 'asynchronous, all at once', table: 'at_once', run: runNet },
  { what: 'asynchronous, one by one', table: 'one_by_one', run: runNet },
  { what: `asynchronous, pieces of ${piece}`, table: 'in_pieces', run: runNet },
] as const;

for (const sql of ['SELECT * FROM', 'SELECT count(*) FROM']) {
  const taken = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { table, run }] of cases.entries()) {
      const began_ms = performance.now();
      await run(`${sql} ${table}`);
      taken[index]?.push(performance.now() - began_ms);
    }
  }
  const floor_ms = median(taken[0] ?? []);
  console.log(sql);
  for (const [index, { what }] of cases.entries()) {
    const wall_ms = median(taken[index] ?? []);
    const above_us = ((wall_ms - floor_ms) / rows) * 1000;
    const [ratio, each] = [(wall_ms / floor_ms).toFixed(2), ((wall_ms / rows) * 1000).toFixed(2)];
    console.log(
      `  ${what}: ${wall_ms.toFixed(1)} ms, ${each} µs a row, ${above_us.toFixed(2)} µs above, ratio ${ratio}`,
    );
  }
}

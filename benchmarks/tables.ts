/**
 * What does each table cost? `SELECT *`, with the column that it requires, in a worker of its own: the first scan, the
 * median of those after it, CPU time, paths touched (opened, listed or looked at), bytes read, rows, and how far the
 * worker's memory rose at its highest. Tables that take more than a second are told at the end. Tables that contact
 * somebody beyond this machine are left out.
 *
 *   node benchmarks/tables.ts [--rounds 5] [--table NAME]
 */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { RunCost } from '../protocol/run.ts';
import { contactingTables } from '../test/contacting-tables.ts';
import { neededConditions } from '../test/needed-conditions.ts';
import { WorkerProcess } from '../test/workers/worker-process.ts';
import { tables } from '../workers/tables/index.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, table: { type: 'string' } },
});
const rounds = Number(values.rounds);
const longest_ms = 1000;

/** A size of /proc/<pid>/status in bytes (proc_pid_status(5)). */
const statusBytes = (pid: number, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) *
  1024;

/** How far the memory of a process rises while something is done. */
const peakRise = async (pid: number, act: () => Promise<void>): Promise<number> => {
  // 5 sets the highest resident size back to the present one (proc_pid_clear_refs(5)).
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before_bytes = statusBytes(pid, 'VmRSS');
  await act();
  return Math.max(0, statusBytes(pid, 'VmHWM') - before_bytes);
};

/** What the scans of a table came to. */
interface Measured {
  readonly name: string;
  readonly costs: readonly RunCost[];
  readonly peak_bytes: number;
  readonly failure: string | undefined;
}

const measure = async (name: string): Promise<Measured> => {
  const worker = await WorkerProcess.ready('net');
  const { pid } = worker.child;
  if (pid === undefined) throw new Error('the worker did not start');
  const sql = `SELECT * FROM ${name} ${neededConditions[name] ?? ''}`;
  const costs: RunCost[] = [];
  let failure: string | undefined;
  await worker.query('SELECT 1');
  const peak_bytes = await peakRise(pid, async () => {
    for (let round = 0; round <= rounds; round += 1) {
      const answer = await worker.query(sql);
      costs.push(answer.cost);
      failure = answer.failure?.message;
    }
  });
  const exited = once(worker.child, 'exit');
  worker.channel.destroy();
  await exited;
  return { name, costs, peak_bytes, failure };
};

const columns = ['rows', 'first ms', 'wall ms', 'CPU ms', 'paths', 'read KiB', 'peak MiB'];
const line = (name: string, cells: readonly string[], note = ''): string =>
  `${name.padEnd(34)}${cells.map((cell) => cell.padStart(10)).join('')}  ${note}\n`;

const shown = ({ name, costs, peak_bytes, failure }: Measured): string => {
  const [first, ...later] = costs;
  const middle = (of: (cost: RunCost) => number): number => median(later.map(of));
  return line(
    name,
    [
      String(middle(({ rows }) => rows)),
      (first?.wall_ms ?? Number.NaN).toFixed(1),
      middle(({ wall_ms }) => wall_ms).toFixed(2),
      middle(({ user_ms, system_ms }) => user_ms + system_ms).toFixed(2),
      String(middle(({ paths }) => paths)),
      (middle(({ read_bytes }) => read_bytes) / 1024).toFixed(0),
      (peak_bytes / 2 ** 20).toFixed(1),
    ],
    failure === undefined ? '' : `fails: ${failure}`,
  );
};

const wanted = tables
  .map(({ name }) => name)
  .filter((name) => !contactingTables.has(name) && (values.table === undefined || name === values.table));
process.stdout.write(line('table', columns));
const slow: string[] = [];
for (const name of wanted) {
  const measured = await measure(name);
  process.stdout.write(shown(measured));
  if (measured.costs.some(({ wall_ms }) => wall_ms > longest_ms)) slow.push(name);
}
process.stdout.write(
  `${wanted.length} tables; longer than ${longest_ms} ms: ${slow.length === 0 ? 'none' : slow.join(', ')}\n`,
);

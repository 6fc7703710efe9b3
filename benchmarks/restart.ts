/**
 * A worker dies: how long until the next one has answered a query? The built daemon, whose idle worker is killed from
 * outside; the clock runs from the moment at which the daemon no longer lists it to the answer of a `SELECT 1` that a
 * client asks for then, without and with a warm spare. Beside it the floor: a bare Node with the worker's flags that writes one byte, and the same
 * question to a warm worker.
 *
 *   npm run build && node benchmarks/restart.ts [--rounds 30]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { workerFlags } from '../platform/node/worker-flags.ts';
import type { WorkerStatus } from '../protocol/control.ts';
import { type BuiltDaemon, startBuiltDaemon } from './built-daemon.ts';
import { median, quantile } from './statistics.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '30' } } });
const rounds = Number(values.rounds);

const daemon = await startBuiltDaemon({});
const sparing = await startBuiltDaemon({}, ['--workers_spare=1']);

const answer = async (of: BuiltDaemon): Promise<number> => {
  const from_ms = performance.now();
  await of.query('SELECT 1');
  return performance.now() - from_ms;
};
const warm = (): Promise<number> => answer(daemon);

const restart = async (): Promise<number> => {
  await daemon.query('SELECT 1');
  for (const { pid } of await daemon.workers()) process.kill(pid, 'SIGKILL');
  while ((await daemon.workers()).length > 0);
  return warm();
};

const endless = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c';
const other = await sparing.connect();
let taken = 0;

/** A worker dies over its query; the spare beside it is warm. Other SQL each time: what killed a worker has to wait. */
const takeOver = async (): Promise<number> => {
  taken += 1;
  const lost = other.query(`${endless} -- ${taken}`, { columns: () => undefined, rows: () => undefined });
  const inState = async (wanted: WorkerStatus['state']): Promise<WorkerStatus | undefined> =>
    (await sparing.workers()).find(({ state }) => state === wanted);
  while ((await inState('idle')) === undefined);
  const used = await inState('leased');
  if (used === undefined) throw new Error('no worker runs the query');
  process.kill(used.pid, 'SIGKILL');
  while ((await sparing.workers()).some(({ pid }) => pid === used.pid));
  const took_ms = await answer(sparing);
  await lost;
  return took_ms;
};

const writeByte = 'require("fs").writeSync(3, "x"); setTimeout(() => {}, 9e3)';

const bareNode = async (): Promise<number> => {
  const from_ms = performance.now();
  const child = spawn(process.execPath, [...workerFlags({ oldSpace_mb: 256 }), '-e', writeByte], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    env: {},
  });
  const channel = child.stdio[3];
  if (channel === null || channel === undefined) throw new Error('no channel');
  await once(channel, 'data');
  const took_ms = performance.now() - from_ms;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return took_ms;
};

const measure = async (run: () => Promise<number>, count: number): Promise<number[]> => {
  await run();
  const taken: number[] = [];
  for (let round = 0; round < count; round += 1) taken.push(await run());
  return taken;
};

const show = (what: string, taken: readonly number[], floor: readonly number[]): void => {
  const p50 = median(taken).toFixed(2).padStart(7);
  const p99 = quantile(taken, 0.99).toFixed(2).padStart(7);
  const ratio = (median(taken) / median(floor)).toFixed(2);
  process.stdout.write(`${what.padEnd(44)} p50 ${p50} ms  p99 ${p99} ms  ${ratio} x bare Node\n`);
};

const floor = await measure(bareNode, rounds);
const cold = await measure(restart, rounds);
const spared = await measure(takeOver, rounds);
const asked = await measure(warm, 50 * rounds);
await other.close();
for (const each of [daemon, sparing]) await each.stop();
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}, ${rounds} rounds\n`,
);
show('bare Node: spawn to first byte', floor, floor);
show('Leash: no worker to the next answer', cold, floor);
show('Leash: a spare takes over (--workers_spare=1)', spared, floor);
show('Leash: SELECT 1 of a client, warm worker', asked, floor);

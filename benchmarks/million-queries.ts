/**
 * Does a daemon grow with the queries that it has answered? The built daemon with real workers and real stores: four
 * clients ask one statement after another over the control socket, every one another text, while a schedule of fifty
 * queries a second goes through differential and log. heapUsed + external after a forced collection, the median of ten
 * readings, is compared with the first such median, taken after the warm-up (V8 throws the code of the start away after
 * some 70,000 queries, a fifth of the heap: a shorter warm-up flatters). The floor is no growth at all.
 *
 *   npm run build && node benchmarks/million-queries.ts [--queries 20000] [--warmup 10000]
 *
 * The full run is `npm run million`: four minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectToDaemon, type DaemonClient } from '../cli/control-client.ts';
import { cleanEnv, makeHome, repositoryRoot } from '../test/system/daemon-harness.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '20000' },
    warmup: { type: 'string', default: '10000' },
  },
});
const [queries, warmUp] = [Number(values.queries), Number(values.warmup)];
const clients = 4;
const readings = 10;
const reports = 10;

const scheduled = Object.fromEntries(
  Array.from({ length: 50 }, (_none, index) => [
    `s${index}`,
    { query: `SELECT ${index} AS n, total_seconds FROM uptime`, interval: 1 },
  ]),
);
const home = makeHome({ schedule: scheduled });
const daemon = spawn(
  process.execPath,
  [
    '--disable-sigusr1',
    '--max-semi-space-size=1',
    '--expose-gc',
    `--import=${join(import.meta.dirname, 'heap-probe.ts')}`,
    join(repositoryRoot, 'dist/leashd.js'),
    ...home.flags(),
  ],
  { env: cleanEnv(), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
);
const said = createInterface({ input: daemon.stderr ?? process.stdin });
for await (const line of said) if (/Leash is ready/.test(line)) break;
daemon.stderr?.resume();

interface Heap {
  readonly heapUsed_bytes: number;
  readonly external_bytes: number;
}

interface Reading extends Heap {
  readonly both_bytes: number;
}

const readHeap = async (): Promise<Reading> => {
  const taken: Heap[] = [];
  for (let reading = 0; reading < readings; reading += 1) {
    await wait(100);
    daemon.send({});
    const [heap] = (await once(daemon, 'message')) as [Heap];
    taken.push(heap);
  }
  return {
    heapUsed_bytes: median(taken.map(({ heapUsed_bytes }) => heapUsed_bytes)),
    external_bytes: median(taken.map(({ external_bytes }) => external_bytes)),
    both_bytes: median(taken.map(({ heapUsed_bytes, external_bytes }) => heapUsed_bytes + external_bytes)),
  };
};

const described = ({ heapUsed_bytes, external_bytes, both_bytes }: Reading): string =>
  `${mb(both_bytes)} MB (heap ${mb(heapUsed_bytes)}, external ${mb(external_bytes)})`;
const mb = (bytes: number): string => (bytes / 1e6).toFixed(3);

const connect = async (): Promise<DaemonClient> => {
  const connected = await connectToDaemon(home.control);
  if (!connected.ok) throw new Error(connected.error.message);
  return connected.value;
};

let asked = 0;
const askUntil = async (client: DaemonClient, until: number): Promise<void> => {
  while (asked < until) {
    asked += 1;
    const sql = `SELECT ${asked} AS n`;
    const { failure } = await client.query(sql, { columns: () => undefined, rows: () => undefined });
    if (failure !== undefined) throw new Error(`${sql}: ${failure.message}`);
  }
};

const connections = await Promise.all(Array.from({ length: clients }, connect));
const untilAsked = (until: number): Promise<unknown> =>
  Promise.all(connections.map((client) => askUntil(client, until)));

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}\n`,
);
await untilAsked(warmUp);
const before = await readHeap();
process.stdout.write(`after ${warmUp} to warm up: ${described(before)}\n`);
let busy_ms = 0;
for (let report = 1; report <= reports; report += 1) {
  const from_ms = performance.now();
  await untilAsked(warmUp + Math.round((queries * report) / reports));
  busy_ms += performance.now() - from_ms;
  const now = await readHeap();
  const growth_percent = (now.both_bytes / before.both_bytes - 1) * 100;
  const rate = Math.round(((asked - warmUp) / busy_ms) * 1000);
  process.stdout.write(
    `${asked - warmUp} more: ${described(now)}, ${growth_percent.toFixed(2)} %, ${rate} a second\n`,
  );
}
for (const client of connections) await client.close();
daemon.kill('SIGTERM');
await once(daemon, 'exit');
home.remove();

/**
 * What does a daemon cost that has nothing to do? Proportional memory (PSS of /proc/<pid>/smaps_rollup) and CPU time
 * of the supervisor with one warm worker, and with the worker retired; beside it the floor: an idle Node of the same
 * version. The schedule has a query a minute, so that its ticks, the pressure gauge and the supervisor's own sample are
 * in the numbers.
 *
 *   npm run build && node benchmarks/idle.ts [--seconds 30]
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuTime_ms } from '../test/cpu-time.ts';
import { type BuiltDaemon, startBuiltDaemon } from './built-daemon.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } });
const seconds = Number(values.seconds);

const pss_mib = (pid: number): number =>
  Number(/^Pss: +(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;

/** Percent of one core over the measured time. */
const cpu_percent = async (pid: number): Promise<number> => {
  const before_ms = cpuTime_ms(pid);
  await wait(seconds * 1000);
  return ((cpuTime_ms(pid) - before_ms) / (seconds * 1000)) * 100;
};

interface Cost {
  readonly what: string;
  readonly pss_mib: number;
  readonly cpu_percent: number;
}

const bareNode = async (): Promise<Cost> => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore', env: {} });
  const pid = child.pid ?? 0;
  await wait(1000);
  const cost = { what: 'floor: an idle Node', cpu_percent: await cpu_percent(pid), pss_mib: pss_mib(pid) };
  child.kill('SIGKILL');
  return cost;
};

const schedule = { minute: { query: 'SELECT * FROM uptime', interval: 60 } };

const warmWorker = async (): Promise<readonly Cost[]> => {
  const daemon = await startBuiltDaemon(schedule, ['--worker_idle_seconds=3600']);
  await daemon.query('SELECT * FROM processes');
  const [worker] = await daemon.workers();
  if (worker === undefined) throw new Error('no worker');
  const supervisor_percent = await cpu_percent(daemon.pid);
  const supervisor = pss_mib(daemon.pid);
  const warm = pss_mib(worker.pid);
  await daemon.stop();
  return [
    { what: 'supervisor', pss_mib: supervisor, cpu_percent: supervisor_percent },
    { what: 'warm worker', pss_mib: warm, cpu_percent: 0 },
    { what: 'both', pss_mib: supervisor + warm, cpu_percent: supervisor_percent },
  ];
};

const retired = async (): Promise<Cost> => {
  const daemon = await startBuiltDaemon(schedule, ['--worker_idle_seconds=1']);
  await daemon.query('SELECT * FROM processes');
  await noWorker(daemon);
  const percent = await cpu_percent(daemon.pid);
  const cost = { what: 'supervisor, worker retired', cpu_percent: percent, pss_mib: pss_mib(daemon.pid) };
  await daemon.stop();
  return cost;
};

const noWorker = async (daemon: BuiltDaemon): Promise<void> => {
  while ((await daemon.workers()).length > 0) await wait(500);
};

/** Other processes of this very Node take their share of its pages, so that ours would look smaller than they are. */
const otherNodes = (): number =>
  readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        Number(name) !== process.pid &&
        readlinkSync(`/proc/${name}/exe`) === process.execPath
      );
    } catch {
      return false;
    }
  }).length;

const others = otherNodes();
const floor = await bareNode();
const costs = [floor, ...(await warmWorker()), await retired()];
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}, ${seconds} s each\n`,
);
if (others > 0) {
  process.stdout.write(
    `${others} other processes of this Node run: PSS is smaller than it would be alone.\n`,
  );
}
for (const cost of costs) {
  const ratio = (cost.pss_mib / floor.pss_mib).toFixed(2);
  process.stdout.write(
    `${cost.what.padEnd(28)} PSS ${cost.pss_mib.toFixed(1).padStart(6)} MiB  ${ratio} x Node  CPU ${cost.cpu_percent.toFixed(2)} %\n`,
  );
}

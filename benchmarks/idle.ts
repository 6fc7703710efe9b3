/**
 * What does a daemon cost that has nothing to do? Proportional memory (PSS of /proc/<pid>/smaps_rollup) and CPU time
 * of the supervisor with one warm worker, and with the worker retired; beside it the floor: an idle Node of the same
 * version. The schedule has a query a minute, so that its ticks, the pressure gauge and the supervisor's own sample are
 * in the numbers.
 *
 *   npm run build && node benchmarks/idle.ts [--seconds 60]
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BuiltDaemon, startBuiltDaemon } from './built-daemon.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const seconds = Number(values.seconds);

const pss_mib = (pid: number): number =>
  Number(/^Pss: +(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;

/**
 * Time that the threads of a process ran so far (Documentation/scheduler/sched-stats.rst, in ns). The kernel's ticks would
 * not do: who wakes by a timer is there when one comes, and is charged all of it.
 */
const run_ms = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .map(
      (thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]) / 1e6,
    )
    .reduce((sum, each) => sum + each, 0);

/** Percent of one core over the measured time, of each process. */
const cpu_percent = async (...pids: readonly number[]): Promise<readonly number[]> => {
  const before_ms = pids.map(run_ms);
  await wait(seconds * 1000);
  return pids.map((pid, index) => ((run_ms(pid) - (before_ms[index] ?? 0)) / (seconds * 1000)) * 100);
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
  const [percent = Number.NaN] = await cpu_percent(pid);
  const cost = { what: 'floor: an idle Node', cpu_percent: percent, pss_mib: pss_mib(pid) };
  child.kill('SIGKILL');
  return cost;
};

const schedule = { minute: { query: 'SELECT * FROM uptime', interval: 60 } };

const warmWorker = async (): Promise<readonly Cost[]> => {
  const daemon = await startBuiltDaemon(schedule, ['--worker_idle_seconds=3600']);
  await daemon.query('SELECT * FROM processes');
  const [worker] = await daemon.workers();
  if (worker === undefined) throw new Error('no worker');
  const [own = Number.NaN, workers = Number.NaN] = await cpu_percent(daemon.pid, worker.pid);
  const supervisor = pss_mib(daemon.pid);
  const warm = pss_mib(worker.pid);
  await daemon.stop();
  return [
    { what: 'supervisor', pss_mib: supervisor, cpu_percent: own },
    { what: 'warm worker', pss_mib: warm, cpu_percent: workers },
    { what: 'both', pss_mib: supervisor + warm, cpu_percent: own + workers },
  ];
};

const retired = async (): Promise<Cost> => {
  const daemon = await startBuiltDaemon(schedule, ['--worker_idle_seconds=1']);
  await daemon.query('SELECT * FROM processes');
  await noWorker(daemon);
  const [percent = Number.NaN] = await cpu_percent(daemon.pid);
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

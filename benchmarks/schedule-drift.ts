/**
 * Do a thousand scheduled queries start when they should? The built daemon, a thousand queries over real tables, each
 * every 10 s, default flags. The drift of a start is what osquery_schedule tells of it: from its splayed moment to its
 * lease. Beside it, in the same run, the same schedule by the rule that osquery starts by, without splay: everything that
 * is due in a second starts at its beginning.
 *
 *   npm run build && node benchmarks/schedule-drift.ts [--seconds 60] [--queries 1000] [--interval 10]
 */
import { cpus, release } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuTime_ms } from '../test/cpu-time.ts';
import { type BuiltDaemon, startBuiltDaemon } from './built-daemon.ts';
import { median, quantile } from './statistics.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    queries: { type: 'string', default: '1000' },
    interval: { type: 'string', default: '10' },
  },
});
const [seconds, queries, interval] = [values.seconds, values.queries, values.interval].map(Number) as [
  number,
  number,
  number,
];
/** Workers start, the engine's code is compiled, and the first results go to the log as a whole. */
const warmUp_s = 20;

const statements = [
  'SELECT pid, name, path, cmdline, state, uid, gid, parent FROM processes',
  'SELECT port, protocol, address, pid FROM listening_ports',
  'SELECT name, version, arch FROM deb_packages',
  "SELECT path, size, mtime, mode FROM file WHERE directory = '/etc'",
  'SELECT pid, fd, path FROM process_open_files',
  'SELECT name, version, platform FROM os_version',
  'SELECT uid, gid, username, shell FROM users',
  'SELECT device, path, type, flags FROM mounts',
  'SELECT p.pid, p.name, u.username FROM processes p JOIN users u USING (uid)',
  'SELECT pid, family, protocol, local_port, remote_port, state FROM process_open_sockets',
];

const schedule = Object.fromEntries(
  Array.from({ length: queries }, (_none, index) => [
    `q${String(index).padStart(5, '0')}`,
    { query: statements[index % statements.length], interval },
  ]),
);

interface Looked {
  readonly name: string;
  readonly executions: number;
  readonly drift_ms: number;
  readonly wall_ms: number;
  readonly skipped: number;
  readonly deferred: number;
}

const look = async (daemon: BuiltDaemon): Promise<readonly Looked[]> => {
  const rows = await daemon.rows(
    'SELECT name, executions, last_start_drift_ms, wall_time_ms, skipped, deferred FROM osquery_schedule',
  );
  return rows.map(([name, executions, drift_ms, wall_ms, skipped, deferred]) => ({
    name: typeof name === 'string' ? name : '',
    executions: Number(executions),
    drift_ms: Number(drift_ms),
    wall_ms: Number(wall_ms),
    skipped: Number(skipped),
    deferred: Number(deferred),
  }));
};

const sum = (rows: readonly Looked[], of: 'executions' | 'wall_ms' | 'skipped' | 'deferred'): number =>
  rows.reduce((total, row) => total + row[of], 0);

const measure = async (what: string, flags: readonly string[]): Promise<void> => {
  const daemon = await startBuiltDaemon(schedule, flags);
  await wait(warmUp_s * 1000);
  const before = await look(daemon);
  const cpuBefore_ms = cpuTime_ms(daemon.pid);
  const executions = new Map(before.map((row) => [row.name, row.executions]));
  const drifts: number[] = [];
  let latest = before;
  for (const from_ms = performance.now(); performance.now() - from_ms < seconds * 1000; ) {
    await wait(interval * 1000);
    latest = await look(daemon);
    for (const row of latest) {
      if (row.executions === executions.get(row.name)) continue;
      executions.set(row.name, row.executions);
      drifts.push(row.drift_ms);
    }
  }
  const cpu_percent = (cpuTime_ms(daemon.pid) - cpuBefore_ms) / (seconds * 10);
  await daemon.stop();
  const runs = sum(latest, 'executions') - sum(before, 'executions');
  const mean_ms = (sum(latest, 'wall_ms') - sum(before, 'wall_ms')) / runs;
  const [skipped, deferred] = [sum(latest, 'skipped'), sum(latest, 'deferred')];
  process.stdout.write(
    `${what.padEnd(26)} drift p50 ${median(drifts)} p99 ${quantile(drifts, 0.99)} max ${Math.max(...drifts)} ms (${drifts.length} of ${runs} starts)  mean query ${mean_ms.toFixed(1)} ms  skipped ${skipped} deferred ${deferred}  supervisor ${cpu_percent.toFixed(0)} % of a core\n`,
  );
};

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}, ${queries} queries every ${interval} s, ${seconds} s\n`,
);
await measure("without splay: osquery's starts", ['--schedule_splay_percent=0']);
await measure('Leash', ['--schedule_splay_percent=10']);

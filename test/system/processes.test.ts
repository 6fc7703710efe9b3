import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { isUnavailable } from '../../workers/host/unavailable-table.ts';
import { tables } from '../../workers/tables/index.ts';
import { contactingTables } from '../contacting-tables.ts';
import { neededConditions } from '../needed-conditions.ts';
import {
  launchDaemon,
  makeHome,
  processState,
  type RunningDaemon,
  repositoryRoot,
  runCommand,
  startDaemon,
  until,
} from './daemon-harness.ts';

const slow =
  'SELECT count(*) FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 50000000) SELECT n FROM c)';

/** The pid of the worker that runs the query named `slow`. */
const leasedWorker = async (daemon: RunningDaemon): Promise<number> => {
  for (;;) {
    const [lease] = await daemon.ask<{ pid: string }>(
      "SELECT pid FROM leash_leases WHERE query_name = 'slow'",
    );
    if (lease !== undefined) return Number(lease.pid);
  }
};

/** On a busy host a signal takes a moment to be taken, and a process to be taken apart; no event tells of it. */
const becomes = async (pid: number, ...states: (string | undefined)[]): Promise<void> => {
  await until(() => states.includes(processState(pid)));
};

t.test('a stopped worker outlives its supervisor; the next one ends it before anything else', async (t) => {
  const home = makeHome({ schedule: { slow: { query: slow, interval: 1 } } });
  t.teardown(() => home.remove());
  const first = await startDaemon(home);
  t.teardown(() => first.end('SIGKILL'));
  const pid = await leasedWorker(first);
  process.kill(pid, 'SIGSTOP');
  await becomes(pid, 'T');
  await first.end('SIGKILL');
  t.equal(processState(pid), 'T', 'nobody can end it but by a signal');

  const second = await startDaemon(home);
  t.teardown(() => second.end('SIGKILL'));
  const said = (pattern: RegExp): number => second.stderr.findIndex((line) => pattern.test(line));
  const ended = said(new RegExp(`Process ${pid} of a former supervisor still ran 'slow': it was ended`));
  t.ok(ended >= 0 && ended < said(/Leash is ready/), second.stderr.join('\n'));
  await becomes(pid, 'Z', undefined);
  t.pass('it is gone');
});

/** They fail, and say why. */
const unavailable = new Set(tables.filter(isUnavailable).map(({ name }) => name));

const haveStrace = spawnSync('strace', ['-V']).status === 0;
const strace = ['strace', '-f', '-qq', '-s', '256', '-e', 'trace=execve,socket,bind,connect', '-o'];

t.test(
  'the daemon starts no program but its workers, listens on no network address and contacts nobody',
  { skip: haveStrace ? false : 'strace is not installed' },
  async (t) => {
    const scratch = mkdtempSync(join(tmpdir(), 'leash-strace-'));
    t.teardown(() => rmSync(scratch, { recursive: true }));
    const trace = join(scratch, 'trace');
    const home = makeHome({
      schedule: {
        users: { query: 'SELECT * FROM users', interval: 1 },
        endless: {
          query: 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c',
          interval: 1,
          limits: { memory_mb: 5 },
        },
      },
    });
    t.teardown(() => home.remove());
    const daemon = launchDaemon(home, [], [...strace, trace]);
    await daemon.line(/Leash is ready/);
    const { pid } = JSON.parse((await daemon.command('status', '--json')).stdout) as { pid: number };
    const registered = await daemon.ask<{ name: string }>(
      "SELECT name FROM osquery_registry WHERE registry = 'table'",
    );
    t.ok(registered.length > 25);
    const scans = registered
      .filter(({ name }) => !contactingTables.has(name))
      .map(({ name }) => ({ name, sql: `SELECT * FROM ${name} ${neededConditions[name] ?? ''};` }));
    for (const { name, sql } of scans)
      if (unavailable.has(name)) t.match(await daemon.command('query', sql), { code: 1 }, name);
    const all = scans.filter(({ name }) => !unavailable.has(name)).map(({ sql }) => sql);
    const scanned = await runCommand('leashi', ['--json', '--connect', home.control, all.join('\n')]);
    // The first statement that fails would be the last.
    t.equal(scanned.code, 0, `every table was scanned ${scanned.stderr}`);
    t.ok(Array.isArray(JSON.parse(scanned.stdout)), 'their rows are one array');
    await daemon.line(/'endless' was (stopped|killed)/);
    process.kill(pid, 'SIGTERM');
    await daemon.exited;

    // A line without a failure counts: strace cuts a call in two when another process is traced in between.
    const traced = readFileSync(trace, 'utf8');
    const call = /execve\("([^"]*)", \[([^\]]*)\](?!.* = -1 )/g;
    const started = [...traced.matchAll(call)].map(([, program = '', args = '']) => ({
      program,
      args,
    }));
    const daemonStart = started.findIndex(({ args }) => args.includes('dist/leashd.js'));
    t.ok(daemonStart >= 0, 'the trace shows the daemon itself');
    const later = started.slice(daemonStart + 1);
    t.ok(later.length > 0, 'and its workers');
    // A unix socket serves the leash command; netlink is how libc asks the kernel for the interfaces.
    const families = [...traced.matchAll(/ socket\((\w+)/g)].map(([, family = '']) => family);
    t.strictSame([...new Set(families)].toSorted(), ['AF_NETLINK', 'AF_UNIX']);
    const addresses = [...traced.matchAll(/ (?:bind|connect)\(.*?sa_family=(\w+)/g)].map(
      ([, family = '']) => family,
    );
    t.ok(addresses.length > 0, 'the trace shows the control socket');
    t.ok(
      addresses.every((family) => family === 'AF_UNIX' || family === 'AF_NETLINK'),
      addresses.join(' '),
    );
    const worker = join(repositoryRoot, 'dist/worker.js');
    t.ok(existsSync(worker));
    for (const { program, args } of later) {
      t.ok(
        program.endsWith('/bin/node') && args.includes(worker) && args.includes('"--permission"'),
        `${program} [${args}]`,
      );
    }
  },
);

import { join } from 'node:path';
import t from 'tap';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { cpuTime_ms } from '../cpu-time.ts';
import { makeHome, startDaemon, until } from '../system/daemon-harness.ts';
import { startRealHost } from './real-host.ts';

t.test('a slow leak over many runs ends with its worker and is blamed on no query', async (t) => {
  const host = await startRealHost({
    lanes: 1,
    workerArgs: [join(import.meta.dirname, 'leaking-worker.ts')],
  });
  t.teardown(() => host.stop());
  const workers: number[] = [];
  for (let run = 0; run < 16; run += 1) {
    const { outcome, verdicts, lease } = await host.run(`run ${run}`, {
      ...budgetOfLevel['0'],
      memory_mb: 20,
    });
    t.equal(outcome.failure, undefined);
    t.strictSame(verdicts, []);
    workers.push(lease?.worker.pid ?? 0);
  }
  const runsOfFirst = workers.filter((pid) => pid === workers[0]).length;
  t.equal(runsOfFirst, 7, 'replaced after 35 MB, though no run took more than 5');
  t.equal(new Set(workers).size, 3);
});

const victim = `${'a'.repeat(60)}!`;

t.test('a supervisor that was stopped meanwhile kills the guilty run when it goes on', async (t) => {
  const home = makeHome({
    schedule: {
      // Only the guard can end it.
      stuck: {
        query: `SELECT regex_match('${victim}', '^(a+)+\\1b', 0)`,
        interval: 1,
        limits: { cpu_ms: 2_000 },
      },
    },
  });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  let leased: { pid: string } | undefined;
  while (leased === undefined) {
    [leased] = await daemon.ask<{ pid: string }>("SELECT pid FROM leash_leases WHERE query_name = 'stuck'");
  }
  process.kill(daemon.pid, 'SIGSTOP');
  const worker = Number(leased.pid);
  const before_ms = cpuTime_ms(worker);
  await until(() => cpuTime_ms(worker) >= before_ms + 2_500);
  process.kill(daemon.pid, 'SIGCONT');
  const line = await daemon.line(/'stuck' was killed: it used [\d,]+ ms of CPU time/);
  const used_ms = Number(/used ([\d,]+) ms/.exec(line)?.[1]?.replaceAll(',', ''));
  t.ok(used_ms >= 2_500, `${used_ms} ms: what it used while nobody looked counts`);
  t.match(await daemon.ask("SELECT state FROM leash_denylist WHERE query_name = 'stuck'"), [
    { state: 'denied' },
  ]);
});

t.test('an innocent run beside a supervisor that was stopped is not judged', async (t) => {
  const home = makeHome({
    schedule: {
      innocent: {
        query:
          'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 15000000) SELECT count(*) FROM n',
        interval: 1,
        // A burst of some seconds, so that it is met while it runs, that fills less than the window; the pause must not
        // make a rate of it.
        limits: { cpu_percent: 50, cpu_window_ms: 60_000, cpu_ms: 60_000, wall_ms: 120_000 },
      },
    },
  });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  let leased: { pid: string } | undefined;
  while (leased === undefined) {
    [leased] = await daemon.ask<{ pid: string }>(
      "SELECT pid FROM leash_leases WHERE query_name = 'innocent'",
    );
  }
  process.kill(daemon.pid, 'SIGSTOP');
  const before_ms = cpuTime_ms(Number(leased.pid));
  await until(() => cpuTime_ms(Number(leased.pid)) >= before_ms + 300);
  process.kill(daemon.pid, 'SIGCONT');
  const runs = async (): Promise<number> => {
    const [row] = await daemon.ask<{ executions: string }>('SELECT executions FROM osquery_schedule');
    return Number(row?.executions ?? 0);
  };
  while ((await runs()) < 1);
  t.strictSame(await daemon.ask('SELECT * FROM leash_verdicts'), []);
});

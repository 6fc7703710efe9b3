import t from 'tap';
import { ownPlaces } from '../../platform/node/cgroup/own-cgroups.ts';
import { prepareCgroups } from '../../platform/node/cgroup/prepare.ts';
import { makeHome, startDaemon } from './daemon-harness.ts';

const places = ownPlaces();
const groups = await prepareCgroups(places?.version === 1 ? places : undefined, process.pid);
const noQuota = groups.ok && groups.value.parents.cpu !== undefined ? false : 'no cpu cgroup of version 1';

/** Half a second of work and more, as the CPU is: enough of the kernel's ticks of 10 ms to tell a share by. */
const work =
  'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 3000000) SELECT sum(n) FROM c';
/** So little that a worker, which is niced, gets more of a crowded host, too. */
const share_percent = 10;

const ways = [
  {
    how: "the kernel's quota",
    flag: '--worker_cgroups=true',
    skip: noQuota,
  },
  { how: 'stops', flag: '--worker_cgroups=false', skip: false },
] as const;

for (const { how, flag, skip } of ways) {
  t.test(`a throttled query finishes within its share, held by ${how}`, { skip }, async (t) => {
    const home = makeHome({
      schedule: {
        slowed: {
          query: work,
          interval: 1,
          snapshot: true,
          limits: { throttle_percent: share_percent },
        },
      },
    });
    t.teardown(() => home.remove());
    const daemon = await startDaemon(home, [flag]);
    t.teardown(() => daemon.end('SIGKILL'));
    await daemon.line(
      /'slowed' was throttled: it used [\d,]+ % of one core; its limit is 10 \(throttle_percent\)/,
    );
    const run = "SELECT * FROM osquery_schedule WHERE name = 'slowed' AND executions > 0";
    let rows = await daemon.ask<Record<string, string>>(run);
    while (rows.length === 0) rows = await daemon.ask<Record<string, string>>(run);
    const [cost] = rows;
    const cpu_ms = Number(cost?.last_user_time) + Number(cost?.last_system_time);
    const measured_percent = (cpu_ms / Number(cost?.last_wall_time_ms)) * 100;
    t.ok(cpu_ms > 200, `${cpu_ms} ms of CPU time`);
    t.ok(measured_percent <= share_percent * 1.2, `${measured_percent} % of one core`);
    t.match(await daemon.ask("SELECT kind, strike FROM leash_verdicts WHERE query_name = 'slowed'"), [
      { kind: 'throttle', strike: '0' },
    ]);
    t.strictSame(await daemon.ask('SELECT * FROM leash_denylist'), []);
    t.ok(home.resultLines('snapshots').length > 0, 'its rows were logged');
  });
}

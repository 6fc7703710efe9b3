/**
 * Does a throttled query get the share it was given? An endless query under each `throttle_percent`, its worker's CPU
 * time read from outside, held by the kernel's quota (the floor: what the host itself can do) and by stops.
 *
 *   npm run build && node benchmarks/throttle.ts [--seconds 5]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ownPlaces } from '../platform/node/cgroup/own-cgroups.ts';
import { prepareCgroups } from '../platform/node/cgroup/prepare.ts';
import { cpuTime_ms } from '../test/cpu-time.ts';
import { startBuiltDaemon } from './built-daemon.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const seconds = Number(values.seconds);
const shares_percent = [5, 10, 25, 50, 75];

const endless = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c';

/** Percent of one core that the worker of an endless query gets. */
const measured_percent = async (throttle_percent: number, flag: string): Promise<number> => {
  const limits = { throttle_percent, cpu_ms: 1e9, wall_ms: 1e9 };
  const daemon = await startBuiltDaemon({ burn: { query: endless, interval: 1, limits } }, [flag]);
  try {
    for (;;) {
      const worker = (await daemon.workers()).find(({ state }) => state === 'leased');
      if (worker === undefined) continue;
      await wait(1000);
      const [from_ms, before_ms] = [performance.now(), cpuTime_ms(worker.pid)];
      await wait(seconds * 1000);
      return ((cpuTime_ms(worker.pid) - before_ms) / (performance.now() - from_ms)) * 100;
    }
  } finally {
    await daemon.stop();
  }
};

const groups = await prepareCgroups(ownPlaces(), process.pid);
const quota = groups.ok && groups.value.parents.cpu !== undefined;
process.stdout.write(
  `asked   ${quota ? 'quota   ratio   ' : ''}stops   ratio   (percent of one core, ${seconds} s each)\n`,
);
for (const asked of shares_percent) {
  const cells = [];
  for (const flag of [...(quota ? ['--worker_cgroups=true'] : []), '--worker_cgroups=false']) {
    const measured = await measured_percent(asked, flag);
    cells.push(`${measured.toFixed(1).padStart(5)}   ${(measured / asked).toFixed(2).padStart(5)}   `);
  }
  process.stdout.write(`${String(asked).padStart(5)}   ${cells.join('')}\n`);
}

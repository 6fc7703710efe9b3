/**
 * How soon is a query that eats memory stopped, and how far beyond its limit does it get? The real supervisor against
 * a worker that allocates at a known rate (scripted-worker.ts); beside it, in the same run, a C program that polls the
 * same file every 10 ms and every 1 ms. "Stopped" is when the parent saw the exit, which includes the time that the
 * kernel needs to give back the memory.
 *
 *   node benchmarks/kill/latency.ts [--rounds 100]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { createThreadLedger } from '../../supervisor/ledger/thread-ledger.ts';
import { levelLimits } from '../../supervisor/limits/effective.ts';
import { median, quantile } from '../statistics.ts';
import { startBareWorker } from './bare-worker.ts';
import { compilePoller, type Poller } from './c-poller.ts';
import { fateOfHog, type HogFate } from './hog-record.ts';
import { type SideWork, scriptedWorker, startMeasured } from './measured-supervisor.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' } } });
const rounds = Number(values.rounds);
const limit_bytes = budgetOfLevel['0'].memory_mb * 2 ** 20;

/** A hog that is 10 MB below the limit before it begins to grow at its rate. */
const steady = 'hog 64 50 190';
/** One that begins from nothing: only what the sampler expects of a fast allocator saves the host. */
const fast = 'hog 256 1000 0';

const scratch = mkdtempSync(join(tmpdir(), 'leash-kill-'));
const record = join(scratch, 'record');

const underLeash = async (hog: string, count: number, beside?: SideWork): Promise<HogFate[]> => {
  const supervisor = await startMeasured(scriptedWorker(record), beside);
  const fates: HogFate[] = [];
  for (let round = 0; round < count; round += 1) {
    // Every statement is another one, or the second would be denied.
    const { outcome, pid, baseline_bytes, ...times } = await supervisor.kill(`${hog} ${round}`);
    if (outcome.failure?.reason !== 'killed') throw new Error(`not killed: ${JSON.stringify(outcome)}`);
    fates.push(fateOfHog(`${record}.${pid}`, baseline_bytes + limit_bytes, times));
    rmSync(`${record}.${pid}`);
  }
  await supervisor.stop();
  return fates;
};

const underPoller = async (
  poller: Poller,
  hog: string,
  count: number,
  every_ms: number,
): Promise<HogFate[]> => {
  const fates: HogFate[] = [];
  for (let round = 0; round < count; round += 1) {
    const worker = await startBareWorker(scriptedWorker(record));
    const { pid } = worker;
    const limit = privateBytes(pid) + limit_bytes;
    void poller.watch(pid, limit, every_ms);
    worker.run(hog);
    fates.push(fateOfHog(`${record}.${pid}`, limit, { ended_ms: await worker.ended_ms }));
    rmSync(`${record}.${pid}`);
  }
  return fates;
};

const privateBytes = (pid: number): number => {
  const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ').map(Number);
  return (resident - shared) * 4096;
};

const print = (what: string, fates: readonly HogFate[], peer?: readonly HogFate[]): void => {
  const stopped = fates.map(({ stopped_ms }) => stopped_ms);
  const signalled = fates.map(({ signalled_ms }) => signalled_ms);
  const known = Number.isFinite(signalled[0])
    ? `signal p50 ${median(signalled).toFixed(1)} p99 ${quantile(signalled, 0.99).toFixed(1)} ms`
    : '';
  const overshoot = fates.map(({ overshoot_bytes }) => overshoot_bytes / 1e6);
  const ratio =
    peer === undefined
      ? ''
      : `${(median(stopped) / median(peer.map(({ stopped_ms }) => stopped_ms))).toFixed(2)} x C at 10 ms`;
  process.stdout.write(
    `${[
      what.padEnd(40),
      `exit p50 ${median(stopped).toFixed(1)} p99 ${quantile(stopped, 0.99).toFixed(1)} ms`.padEnd(27),
      `over p50 ${median(overshoot).toFixed(2)} max ${Math.max(...overshoot).toFixed(2)} MB`.padEnd(30),
      known.padEnd(29),
      ratio,
    ]
      .join(' ')
      .trimEnd()}\n`,
  );
};

const bigResult = (): SideWork => {
  const directory = join(scratch, 'state');
  for (const made of ['state', 'log']) mkdirSync(join(scratch, made), { mode: 0o700 });
  const place = {
    directory,
    loggerPath: join(scratch, 'log'),
    loggerMode: 0o600,
    loggers: ['filesystem'],
    spool: { lines: 0, bytes: 2 ** 30 },
    uid: process.getuid?.() ?? 0,
  };
  const entry = join(import.meta.dirname, '../../supervisor/ledger/ledger-thread.ts');
  return {
    ledger: createThreadLedger(place, entry),
    schedule: [
      {
        name: 'big',
        sql: 'rows 100000',
        interval_s: 1,
        snapshot: false,
        removed: true,
        denylist: true,
        startup_priority: undefined,
        ...levelLimits(budgetOfLevel['0']),
      },
    ],
  };
};

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}, ${rounds} rounds\n`,
);
const poller = compilePoller();
const peers =
  poller === undefined
    ? undefined
    : {
        steady: await underPoller(poller, steady, rounds, 10),
        steadyAt1: await underPoller(poller, steady, rounds, 1),
        fast: await underPoller(poller, fast, rounds, 10),
      };
if (peers === undefined) process.stdout.write('no C compiler ($CC, else cc): the pollers are left out\n');
else {
  const exits = Array.from({ length: 21 }, () => poller?.exit_ms(200) ?? Number.NaN);
  process.stdout.write(
    `floor: SIGKILL to exit of a C process of 200 MB   p50 ${median(exits).toFixed(1)} ms\n`,
  );
  print('50 MB/s: C poller at 10 ms', peers.steady);
  print('50 MB/s: C poller at 1 ms', peers.steadyAt1);
}
print('50 MB/s: Leash', await underLeash(steady, rounds), peers?.steady);
if (peers !== undefined) print('1 GB/s from nothing: C poller at 10 ms', peers.fast);
print('1 GB/s from nothing: Leash', await underLeash(fast, rounds), peers?.fast);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
print(
  '50 MB/s beside 100,000 rows a second: Leash',
  await underLeash(steady, Math.ceil(rounds / 2), bigResult()),
  peers?.steady,
);
delay.disable();
process.stdout.write(
  `loop delay meanwhile p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms\n`,
);
poller?.remove();
rmSync(scratch, { recursive: true });

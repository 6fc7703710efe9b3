/**
 * How soon is a query stopped that takes more than its share of a core? An endless statement in real workers under the
 * real supervisor, limit 50 % over 500 ms: no rule about such a window can speak before it is full, so the window is the
 * floor. Beside it, in the same run, a C program that looks every 10 ms at a process that computes. The time runs from
 * the moment at which the query is sent to the exit as the parent saw it.
 *
 *   node benchmarks/kill/cpu-window.ts [--rounds 40]
 */
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { workerFlags } from '../../platform/node/worker-flags.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { workerHeap_mb } from '../../supervisor/node-ports.ts';
import { runtimeLayout } from '../../supervisor/runtime-layout.ts';
import { median, quantile } from '../statistics.ts';
import { startBareWorker } from './bare-worker.ts';
import { compilePoller, type Poller } from './c-poller.ts';
import { hostMonotonic_ms } from './hog-record.ts';
import { startMeasured } from './measured-supervisor.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } });
const rounds = Number(values.rounds);
const cpu_percent = 50;
const cpu_window_ms = 500;
const pollEvery_ms = 10;

const budget = { ...budgetOfLevel['0'], cpu_percent, cpu_window_ms };
const { workerEntry } = runtimeLayout(new URL('../../supervisor/supervisor.ts', import.meta.url).href);
const worker = [...workerFlags({ oldSpace_mb: workerHeap_mb }), workerEntry];

/** Every statement is another one, or the second would be denied. */
const endless = (round: number): string =>
  `WITH RECURSIVE c(n) AS (SELECT ${round} UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c`;

interface Stop {
  readonly signalled_ms: number;
  readonly ended_ms: number;
}

const underLeash = async (): Promise<readonly Stop[]> => {
  const supervisor = await startMeasured(worker);
  const stops: Stop[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { outcome, started_ms, signalled_ms, ended_ms } = await supervisor.kill(endless(round), budget);
    if (outcome.failure?.reason !== 'killed') throw new Error(`not killed: ${JSON.stringify(outcome)}`);
    stops.push({ signalled_ms: signalled_ms - started_ms, ended_ms: ended_ms - started_ms });
  }
  await supervisor.stop();
  return stops;
};

const underPoller = async (poller: Poller): Promise<readonly Stop[]> => {
  const stops: Stop[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { pid, ended_ms, run } = await startBareWorker(worker);
    void poller.watchWindow(pid, cpu_percent, cpu_window_ms, pollEvery_ms);
    const started_ms = hostMonotonic_ms();
    run(endless(round));
    stops.push({ signalled_ms: Number.NaN, ended_ms: (await ended_ms) - started_ms });
  }
  return stops;
};

const show = (what: string, stops: readonly Stop[]): void => {
  const ended = stops.map(({ ended_ms }) => ended_ms);
  const signalled = stops.map(({ signalled_ms }) => signalled_ms);
  const [p50, p99] = [median(ended), quantile(ended, 0.99)];
  const signal = Number.isFinite(signalled[0])
    ? `  signal p50 ${median(signalled).toFixed(1)} p99 ${quantile(signalled, 0.99).toFixed(1)} ms`
    : '';
  process.stdout.write(
    `${what.padEnd(24)} exit p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} ms  ${(p50 / cpu_window_ms).toFixed(3)} and ${(p99 / cpu_window_ms).toFixed(3)} x the window${signal}\n`,
  );
};

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}, ${rounds} rounds\n`,
);
const poller = compilePoller();
if (poller === undefined) process.stdout.write('no C compiler ($CC, else cc): the poller is left out\n');
else {
  show(`C poller at ${pollEvery_ms} ms`, await underPoller(poller));
  poller.remove();
}
show('Leash', await underLeash());

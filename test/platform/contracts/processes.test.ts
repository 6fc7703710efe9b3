import t from 'tap';
import { kernelUnits } from '../../../platform/node/auxv.ts';
import { noCgroups } from '../../../platform/node/cgroup/worker-cgroups.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { createProcessHost } from '../../../platform/node/process-host.ts';
import { createProcSampler } from '../../../platform/node/sampler.ts';
import { workerFlags } from '../../../platform/node/worker-flags.ts';
import type { ProcessHost } from '../../../platform/process-host.ts';
import type { Sampler, SampleSource } from '../../../platform/sampler.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import { buildId } from '../../../protocol/build-id.ts';
import { workerProtocolVersion } from '../../../protocol/worker-messages.ts';
import { healthyHost, quick, SimulatedHost } from '../../simulation/simulated-host.ts';
import { workerEntry } from '../../workers/worker-entry.ts';
import { ObservedWorker } from '../node/observed-worker.ts';

/** A host, one on which nothing starts, and how its time passes until something has happened. */
interface Subject {
  readonly host: ProcessHost;
  readonly barren: ProcessHost;
  readonly sampler: Sampler;
  after<T>(happened: Promise<T>): Promise<T>;
}

const simulated = (): Subject => {
  const clock = new SimulatedClock();
  const make = (): SimulatedHost =>
    new SimulatedHost(
      clock,
      seededRandom(1),
      () => quick,
      () => undefined,
    );
  const host = make();
  const barren = make();
  barren.conduct = { ...healthyHost, spawnFails: 1 };
  const after = async <T>(happened: Promise<T>): Promise<T> => {
    await clock.advance(1_000);
    return happened;
  };
  return { host: host.processHost, barren: barren.processHost, sampler: host.sampler, after };
};

/** Real workers. */
const real = (): Subject => ({
  host: createProcessHost({
    command: process.execPath,
    argsOf: (profile) => [...workerFlags({ oldSpace_mb: 256, profile }), workerEntry],
    store: '',
    cgroups: noCgroups,
  }),
  barren: createProcessHost({
    command: '/nonexistent/node',
    argsOf: () => [],
    store: '',
    cgroups: noCgroups,
  }),
  sampler: createProcSampler(nodeClock, kernelUnits()),
  after: (happened) => happened,
});

/** Starts a worker and greets it, as its supervisor does first of all. */
const begin = (host: ProcessHost): ObservedWorker => {
  const worker = new ObservedWorker(host);
  worker.process.send({ type: 'hello', protocolVersion: workerProtocolVersion, buildId });
  return worker;
};

const opened = (sampler: Sampler, worker: ObservedWorker): SampleSource => {
  const source = sampler.open(worker.process.identity);
  if (!source.ok) throw new Error(source.error.message);
  return source.value;
};

for (const [name, make] of Object.entries({ 'a simulated host': simulated, 'this host': real })) {
  t.test(`a worker of ${name} says that it is ready, and leaves when it is told to`, async (t) => {
    const { host, after } = make();
    const worker = begin(host);
    t.notOk(worker.calledEarly, 'nothing is told before the call returned');
    const { pid } = worker.process.identity;
    t.match(await after(worker.messages(1)), [
      { type: 'ready', protocolVersion: workerProtocolVersion, pid },
    ]);
    worker.process.send({ type: 'exit' });
    t.match(await after(worker.exit()), { code: 0, signal: null });
    worker.process.kill();
    worker.process.send({ type: 'exit' });
    t.equal(worker.events.filter(({ kind }) => kind === 'exited').length, 1, 'its end is told once');
  });

  t.test(`a worker of ${name} answers a query with its columns and then its end`, async (t) => {
    const { host, after } = make();
    const worker = begin(host);
    await after(worker.messages(1));
    const [leaseId, budget] = ['a lease', budgetOfLevel['0']];
    worker.process.send({ type: 'query', leaseId, sql: 'SELECT 1 AS n', budget });
    const [, columns, done] = await after(worker.messages(3));
    t.match(columns, { type: 'columns', leaseId, columns: [{ name: 'n' }] });
    t.match(done, { type: 'done', leaseId, cost: { rows: Number } });
    t.equal(done?.type === 'done' && done.failure, undefined);
    worker.process.kill();
    await after(worker.exit());
  });

  t.test(`a worker of ${name} ends at once when it is killed, and that is told last`, async (t) => {
    const { host, after } = make();
    const worker = begin(host);
    await after(worker.messages(1));
    worker.process.kill();
    worker.process.kill();
    t.match(await after(worker.exit()), { code: null, signal: 'SIGKILL' });
    t.equal(worker.events.at(-1)?.kind, 'exited');
  });

  t.test(`a worker of ${name} stands still until it is resumed, and can be killed meanwhile`, async (t) => {
    const { host, after } = make();
    const [held, other] = [begin(host), begin(host)];
    await after(held.messages(1));
    await after(other.messages(1));
    held.process.suspend();
    const [leaseId, budget] = ['a lease', budgetOfLevel['0']];
    for (const { process } of [held, other])
      process.send({ type: 'query', leaseId, sql: 'SELECT 1 AS n', budget });
    await after(other.messages(3));
    t.equal(held.events.length, 1, 'it has said that it is ready, and nothing more');
    held.process.resume();
    t.match((await after(held.messages(3)))[2], { type: 'done', leaseId });
    held.process.suspend();
    held.process.kill();
    t.match(await after(held.exit()), { code: null, signal: 'SIGKILL' });
    other.process.kill();
    await after(other.exit());
  });

  t.test(`two workers of ${name} are two`, async (t) => {
    const { host, after } = make();
    const [one, other] = [begin(host), begin(host)];
    t.not(one.process.identity.pid, other.process.identity.pid);
    await after(one.messages(1));
    one.process.kill();
    await after(one.exit());
    await after(other.messages(1));
    t.equal(other.events.filter(({ kind }) => kind === 'exited').length, 0);
    other.process.kill();
    await after(other.exit());
  });

  t.test(`a start that fails on ${name} is a value, and its listener is never called`, async (t) => {
    const unheard = (): never => {
      throw new Error('the listener of a process that never was is called');
    };
    const listener = { message: unheard, rows: unheard, protocolError: unheard, exited: unheard };
    const { barren } = make();
    t.match(barren.spawnWorker('pure', listener), { ok: false, error: { reason: 'spawn_failed' } });
  });

  t.test(`a process of ${name} is sampled until it ends, and no later one of its pid`, async (t) => {
    const { host, sampler, after } = make();
    const worker = begin(host);
    await after(worker.messages(1));
    const { pid, startTicks } = worker.process.identity;
    const source = opened(sampler, worker);
    const first = source.read();
    const second = source.read();
    if (!first.ok || !second.ok) throw new Error('it is there');
    t.match(first.value, { pid, startTicks });
    t.ok(first.value.private_bytes > 0);
    t.ok(second.value.at_ms >= first.value.at_ms && second.value.cpu_ms >= first.value.cpu_ms);
    t.ok((source.readBytes() ?? 0) >= 0);
    const closed = opened(sampler, worker);
    closed.close();
    closed.close();
    t.match(closed.read(), { ok: false, error: { reason: 'process_gone' } });
    const later = sampler.open({ pid, startTicks: startTicks + 1 });
    t.match(later.ok ? later.value.read() : later, { ok: false, error: { reason: 'process_gone' } });
    worker.process.kill();
    await after(worker.exit());
    t.match(source.read(), { ok: false, error: { reason: 'process_gone' } });
    t.match(sampler.open({ pid, startTicks }), { ok: false, error: { reason: 'process_gone' } });
    source.close();
    if (later.ok) later.value.close();
  });
}

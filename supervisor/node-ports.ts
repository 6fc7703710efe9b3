import type { GuardStore } from '../platform/guard-store.ts';
import type { Ledger } from '../platform/ledger.ts';
import { kernelUnits } from '../platform/node/auxv.ts';
import type { WorkerCgroups } from '../platform/node/cgroup/worker-cgroups.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { nodeHostPressure } from '../platform/node/host-pressure.ts';
import { loadPidusage } from '../platform/node/load-pidusage.ts';
import { createPidusageSampler } from '../platform/node/pidusage-sampler.ts';
import { createProcessHost } from '../platform/node/process-host.ts';
import { identify } from '../platform/node/process-identity.ts';
import { nodeRandom } from '../platform/node/random.ts';
import { createProcSampler } from '../platform/node/sampler.ts';
import { workerFlags } from '../platform/node/worker-flags.ts';
import type { SampleSource } from '../platform/sampler.ts';
import type { RuntimeLayout } from './runtime-layout.ts';
import type { SupervisorPorts } from './supervisor.ts';

/**
 * JavaScript heap of a worker, in MiB. Rows of a query live there while they wait; a query that needs more dies of
 * it and is judged for memory.
 */
export const workerHeap_mb = 256;

/** Where a supervisor keeps what it knows, and its workers. */
export interface Surroundings {
  /** Of the databases; empty for a supervisor that keeps everything in memory. */
  readonly directory: string;
  readonly store: GuardStore;
  readonly ledger: Ledger | undefined;
  readonly cgroups: WorkerCgroups;
}

/** The ports of a real host. */
export const nodePorts = (
  layout: RuntimeLayout,
  { directory, store, ledger, cgroups }: Surroundings,
): SupervisorPorts => ({
  clock: nodeClock,
  random: nodeRandom,
  processHost: createProcessHost({
    command: process.execPath,
    argsOf: (profile) => [...workerFlags({ oldSpace_mb: workerHeap_mb, profile }), layout.workerEntry],
    store: directory,
    timeZone: process.env.TZ,
    cgroups,
  }),
  sampler: createProcSampler(nodeClock, kernelUnits()),
  pressure: nodeHostPressure,
  store,
  ledger,
  self: ledger === undefined ? undefined : thisProcess(),
});

/** What this process costs, by the portable sampler; undefined without /proc. */
const thisProcess = (): SampleSource | undefined => {
  const identity = identify(process.pid);
  if (identity === undefined) return undefined;
  const pidusage = loadPidusage(kernelUnits());
  const source = createPidusageSampler(nodeClock, (pid) => pidusage(pid)).open(identity);
  return source.ok ? source.value : undefined;
};

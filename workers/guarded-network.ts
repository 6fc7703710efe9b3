import { BudgetExceeded } from '../protocol/budget-exceeded.ts';
import type { ExtensionRows, HostNetwork } from '../protocol/host-network.ts';
import { ok } from '../protocol/result.ts';
import type { RunGuard } from './engine/run-guard.ts';
import type { WaitMeter } from './extension-waits.ts';

/**
 * The network door under the run's guard: nothing is asked for when the run may not go on, and what the door itself
 * stops (bytes) is kept by the guard, in case a table swallows the exception. Waits for extensions are measured.
 */
export const guardedNetwork = (network: HostNetwork, guard: RunGuard, waits: WaitMeter): HostNetwork => {
  const touch = async <T>(call: () => Promise<T>): Promise<T> => {
    guard.check();
    try {
      return await call();
    } catch (error) {
      throw error instanceof BudgetExceeded ? guard.exceed(error) : error;
    }
  };
  const { extensions } = network;
  async function* rows(...[call, binary]: Parameters<typeof extensions.rows>): ExtensionRows {
    const measured = waits.begin(call.extension.uuid);
    const batches = extensions.rows(call, binary);
    try {
      for (;;) {
        const next = await touch(() => measured.wait(batches.next()));
        if (next.done === true) return next.value;
        yield next.value;
      }
    } finally {
      // Where the run had to end, this is what it stood in.
      if (guard.exceeded === undefined) measured.end();
      await batches.return(left);
    }
  }
  return {
    get: (request) => touch(() => network.get(request)),
    certificate: (request) => touch(() => network.certificate(request)),
    callBus: (request) => touch(() => network.callBus(request)),
    extensions: {
      rows,
      change: (call) =>
        touch(async () => {
          const measured = waits.begin(call.extension.uuid);
          const outcome = await measured.wait(extensions.change(call));
          measured.end();
          return outcome;
        }),
    },
  };
};

/** How a scan ends that is left early: nobody reads it. */
const left = ok(undefined);

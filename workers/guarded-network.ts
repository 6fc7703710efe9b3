import { BudgetExceeded } from '../protocol/budget-exceeded.ts';
import type { HostNetwork } from '../protocol/host-network.ts';
import type { RunGuard } from './engine/run-guard.ts';

/**
 * The network door under the run's guard: nothing is asked for when the run may not go on, and what the door itself
 * stops (bytes) is kept by the guard, in case a table swallows the exception.
 */
export const guardedNetwork = (network: HostNetwork, guard: RunGuard): HostNetwork => {
  const touch = async <T>(call: () => Promise<T>): Promise<T> => {
    guard.check();
    try {
      return await call();
    } catch (error) {
      throw error instanceof BudgetExceeded ? guard.exceed(error) : error;
    }
  };
  return {
    get: (request) => touch(() => network.get(request)),
    certificate: (request) => touch(() => network.certificate(request)),
    callBus: (request) => touch(() => network.callBus(request)),
  };
};

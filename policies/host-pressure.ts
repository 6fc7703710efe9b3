import type { HostPressure } from '../protocol/host-pressure.ts';

/** What makes a query wait or fall out. */
export type PressureReason = 'cpu' | 'io' | 'load' | 'memory' | 'battery';

/** `defer`: ask again after `for_ms`; `skip`: this run falls out, the next one is asked anew. */
export type StartDecision =
  | { readonly kind: 'run' }
  | { readonly kind: 'defer'; readonly reason: PressureReason; readonly for_ms: number }
  | { readonly kind: 'skip'; readonly reason: PressureReason };

/** Half of the time some task waits for it: the host's own work already stands in a queue. */
const stalled_percent = 50;
/** Where there is no PSI: as many tasks again are ready as can run, three times over. */
const loaded_perCore = 4;
/** Below this share of memory the kernel is about to reclaim what the host's services use. */
const scarceMemory_share = 0.05;
/** What is left of a battery belongs to its owner. */
const lowBattery_percent = 10;

const askAgain_ms = 5_000;
const longestDefer_ms = 60_000;

/** How long a query of this interval may be put off altogether: half of it, one minute at most. */
export const deferLimit_ms = (interval_ms: number): number => Math.min(longestDefer_ms, interval_ms / 2);

/** What is known of the start besides the host. */
export interface StartFacts {
  /** How long this start was put off so far. */
  readonly deferred_ms: number;
  readonly interval_ms: number;
  /** A worker of ours has been computing for a while: the pressure may be our own. */
  readonly weAreBusy: boolean;
  /** `schedule_defer`: false where starts must come on time, however busy CPUs and disks are. */
  readonly mayDefer: boolean;
}

/**
 * May a scheduled query start now? Busy CPUs and disks put it off, and when that has lasted long enough it runs: its
 * own budgets bound what it costs, and a host that is always busy must still be seen. It is not put off while a
 * worker of ours is busy: one heavy query must not hold up the others, and workers stand behind everything else on
 * the host anyway. Nor is it where the operator wants starts on time. Scarce memory puts it off, too, but then it is skipped, since running could make the kernel take a
 * service. A low battery does not recover by waiting: skipped at once.
 */
export const decideStart = (
  host: HostPressure,
  { deferred_ms, interval_ms, weAreBusy, mayDefer }: StartFacts,
): StartDecision => {
  if (host.battery_percent !== undefined && host.battery_percent < lowBattery_percent) {
    return { kind: 'skip', reason: 'battery' };
  }
  const left_ms = deferLimit_ms(interval_ms) - deferred_ms;
  const scarce = host.memoryAvailable_bytes < host.memoryTotal_bytes * scarceMemory_share;
  const reason = scarce ? 'memory' : mayDefer && !weAreBusy ? busyWith(host) : undefined;
  if (reason === undefined) return { kind: 'run' };
  if (left_ms > 0) return { kind: 'defer', reason, for_ms: Math.min(askAgain_ms, left_ms) };
  return reason === 'memory' ? { kind: 'skip', reason } : { kind: 'run' };
};

/** Load counts waiting tasks of any kind, so it is asked only where the kernel tells nothing better. */
const busyWith = (host: HostPressure): 'cpu' | 'io' | 'load' | undefined => {
  const { cpuSome_percent, ioSome_percent } = host;
  if (cpuSome_percent !== undefined && cpuSome_percent >= stalled_percent) return 'cpu';
  if (ioSome_percent !== undefined && ioSome_percent >= stalled_percent) return 'io';
  const untold = cpuSome_percent === undefined && ioSome_percent === undefined;
  return untold && host.loadPerCore >= loaded_perCore ? 'load' : undefined;
};

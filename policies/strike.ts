import type { StrikeGround } from '../protocol/evidence.ts';
import type { Subject, VerdictReason } from '../protocol/verdict.ts';

/** Above this share of stalled time (PSI `some avg10`) the host itself may be why a query was slow. */
const busyHost_percent = 20;
/** A query that runs out of time so often in a row is not the victim of a busy host. */
const inARow = 3;
/** An extension that hangs within so long of the last time hangs again. */
export const hangMemory_ms = 3_600_000;

/** What decides whether a stop counts towards a denial. */
export interface StrikeFacts {
  readonly reason: VerdictReason;
  readonly subject: Subject;
  /** PSI of the host at the stop; undefined when the kernel does not tell. */
  readonly cpuSome_percent: number | undefined;
  readonly ioSome_percent: number | undefined;
  /** Stops for wall_ms in a row before this one; of an extension within `hangMemory_ms` of each other. */
  readonly formerWallStops: number;
}

/**
 * A query that cost the host its whole budget gets a strike; one that only had too much to say (rows, result_mb) or
 * was slowed down does not. Running time is the query's own fault only on a host that was not busy. An extension that
 * hung may have waited for something else: being started anew costs it little, being denied takes all of its tables away.
 */
export const isStrike = (ground: StrikeGround): boolean => !harmless.has(ground);

const harmless: ReadonlySet<StrikeGround> = new Set<StrikeGround>([
  'only_slowed',
  'much_to_say',
  'slow_on_busy_host',
  'hung_once',
]);

/** On what ground a stop counts, or does not. */
export const strikeGround = (facts: StrikeFacts): StrikeGround => {
  switch (facts.reason) {
    case 'throttle_percent':
      return 'only_slowed';
    case 'rows':
    case 'result_mb':
      return 'much_to_say';
    case 'wall_ms': {
      const busy =
        (facts.cpuSome_percent ?? 0) >= busyHost_percent || (facts.ioSome_percent ?? 0) >= busyHost_percent;
      const isExtension = facts.subject === 'extension';
      if (isExtension && facts.formerWallStops === 0) return 'hung_once';
      if (!busy) return isExtension ? 'hung_again' : 'slow_on_calm_host';
      return facts.formerWallStops + 1 >= inARow ? 'slow_in_a_row' : 'slow_on_busy_host';
    }
    case 'cpu_ms':
    case 'cpu_percent':
    case 'memory_mb':
    case 'read_mb':
    case 'paths':
    case 'processes':
    case 'descriptors':
    case 'js_heap_exhausted':
    case 'cgroup_oom':
    case 'unkillable':
      return 'whole_budget';
  }
};

import type { StrikeGround } from '../protocol/evidence.ts';
import type { VerdictReason } from '../protocol/verdict.ts';

/** Above this share of stalled time (PSI `some avg10`) the host itself may be why a query was slow. */
const busyHost_percent = 20;
/** A query that runs out of time so often in a row is not the victim of a busy host. */
const inARow = 3;

/** What decides whether a stop counts towards a denial. */
export interface StrikeFacts {
  readonly reason: VerdictReason;
  /** PSI of the host at the stop; undefined when the kernel does not tell. */
  readonly cpuSome_percent: number | undefined;
  readonly ioSome_percent: number | undefined;
  /** Stops for wall_ms in a row before this one. */
  readonly formerWallStops: number;
}

/**
 * A query that cost the host its whole budget gets a strike; one that only had too much to say (rows, result_mb) or
 * was slowed down does not. Running time is the query's own fault only on a host that was not busy.
 */
export const isStrike = (ground: StrikeGround): boolean =>
  ground !== 'only_slowed' && ground !== 'much_to_say' && ground !== 'slow_on_busy_host';

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
      if (!busy) return 'slow_on_calm_host';
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

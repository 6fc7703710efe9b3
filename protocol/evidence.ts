import type { Budget } from './budget.ts';
import type { ExtensionBudget } from './extension/budget.ts';
import type { Lane } from './lease.ts';

/** What a run had cost at one moment. */
export interface EvidencePoint {
  /** Milliseconds since the lease was granted. */
  readonly at_ms: number;
  /** User plus system time of the worker under this lease. */
  readonly cpu_ms: number;
  /** Private memory over the worker's own baseline, never negative; of an extension all that its family holds. */
  readonly growth_bytes: number;
  /** Bytes that the worker read under this lease; null where the kernel does not tell. */
  readonly read_bytes: number | null;
  /** Of the family of an extension; absent of a run. */
  readonly processes?: number;
  readonly descriptors?: number;
}

/**
 * Why a stop counts towards a denial, or does not. `whole_budget`: the query cost the host all that it may.
 * `much_to_say`: it only had too many rows. Those with `slow` are stops for running time: on a calm host, on a busy one,
 * and on a busy one so often in a row that the host is no excuse any more. An extension in which a query hung: for the
 * first time lately, or again.
 */
export type StrikeGround =
  | 'whole_budget'
  | 'only_slowed'
  | 'much_to_say'
  | 'slow_on_calm_host'
  | 'slow_on_busy_host'
  | 'slow_in_a_row'
  | 'hung_once'
  | 'hung_again';

interface SharedEvidence {
  readonly verdictId: string;
  /** See `Verdict`. */
  readonly leaseId: string;
  readonly queryId: string;
  /** When the lease was granted, or the extension was started. */
  readonly grantedAt_unix_ms: number;
  readonly ground: StrikeGround;
  /** False (`denylist: false` in the config): no stop of this query counts. */
  readonly mayBeDenied: boolean;
  /** Pressure of the host when it was judged (PSI `some avg10`); null when no fresh reading was at hand. */
  readonly cpuSome_percent: number | null;
  readonly ioSome_percent: number | null;
  /** Oldest first; a long run is thinned (see supervisor/watchdog/sample-history.ts). Empty when nobody watched. */
  readonly points: readonly EvidencePoint[];
}

/** What led to a verdict about a run: the run as it was measured, and what the judge knew besides. */
export interface RunEvidence extends SharedEvidence {
  readonly subject: 'query';
  readonly lane: Lane;
  /** All limits of the run, not only the one that was broken. */
  readonly budget: Budget;
}

/** The same about an extension. */
export interface ExtensionEvidence extends SharedEvidence {
  readonly subject: 'extension';
  readonly budget: ExtensionBudget;
}

/** What led to a verdict. Stored with the verdict. */
export type Evidence = RunEvidence | ExtensionEvidence;

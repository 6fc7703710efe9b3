import type { Budget } from './budget.ts';
import type { Denial } from './denial.ts';
import type { Evidence } from './evidence.ts';
import type { QueryFailureReason } from './run.ts';
import type { Verdict } from './verdict.ts';

/**
 * Why a start of a scheduled query did not happen when it was due: what the host was short of, or the query's own
 * former run, which was not over.
 */
export type LostStartReason = 'cpu' | 'io' | 'load' | 'memory' | 'battery' | 'former_run';

/** A start that was put off or fell away. */
export interface LostStart {
  readonly at_unix_ms: number;
  readonly reason: LostStartReason;
}

/** A run that gave nothing, of itself or by a limit; not a start that was refused. */
export interface RunFault {
  readonly at_unix_ms: number;
  readonly reason: QueryFailureReason;
  readonly message: string;
}

/** What a run that came to its end cost. */
export interface GoodRun {
  readonly finished_unix_s: number;
  readonly wall_ms: number;
  readonly cpu_ms: number;
  readonly memory_bytes: number;
}

/** A query whose worker died under it waits by itself. */
export interface Wait {
  /** Deaths in a row. */
  readonly deaths: number;
  readonly until_unix_ms: number;
}

/** Why queries of a pack do not start: what its discovery said last. */
export interface PackHold {
  readonly pack: string;
  /** `unanswered`: nobody has been asked yet, or the answer is on its way. */
  readonly kind: 'unanswered' | 'nothing' | 'failed';
  /** The query that decided, cut at `factSql_chars`, and why it failed; else empty. */
  readonly sql: string;
  readonly message: string;
  readonly at_unix_ms: number;
}

/** What the schedule knows of a query. Counts and last times are of this life of the daemon. */
export interface ScheduleFacts {
  readonly interval_s: number;
  /** Of the SQL and limits as they are now: a record of another hash does not hold for them. */
  readonly sqlHash: string;
  readonly budget: Budget;
  /** False: stops of this query never deny it (`denylist: false`). */
  readonly mayBeDenied: boolean;
  readonly running: boolean;
  /** Good runs since SQL or options last changed. */
  readonly executions: number;
  readonly lastGood: GoodRun | null;
  readonly lastFault: RunFault | null;
  readonly skipped: number;
  readonly lastSkip: LostStart | null;
  readonly deferred: number;
  readonly lastDeferral: LostStart | null;
  /** Null: nothing that its pack says holds it back. */
  readonly packHold: PackHold | null;
}

/** Everything that the daemon knows about why a query runs or does not. SQL is cut at `factSql_chars`. */
export interface QueryFacts {
  /** The logged name, or `adhoc`. */
  readonly name: string;
  readonly sql: string;
  /** Null for `adhoc` and for a query that is in no config any more. */
  readonly schedule: ScheduleFacts | null;
  /** The newest ones, newest first. */
  readonly verdicts: readonly Verdict[];
  /** What led to the newest verdict, if that is still kept. */
  readonly evidence: Evidence | null;
  /** As they stand at `now_unix_ms`. `adhoc` has one for each statement. */
  readonly denials: readonly Denial[];
  readonly heldBack: Wait | null;
}

/** The daemon's answer to `leash why NAME`. */
export interface WhyAnswer {
  /** The daemon's wall clock when it answered: ages and waits count from here. */
  readonly now_unix_ms: number;
  /** Lengths of the first, second, … denial; the last one serves for all further ones. */
  readonly denial_ms: readonly number[];
  /** The query that was named; of a pack those that have something to explain. */
  readonly queries: readonly QueryFacts[];
  /** Further queries of the pack, of which nothing is known but good runs. */
  readonly quiet: readonly string[];
}

/** SQL longer than this is cut in facts: it serves for hints, and an answer must stay short. */
export const factSql_chars = 16_384;

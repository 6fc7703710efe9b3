/** Doubling from the first wait to the longest, give or take a fifth so that many hosts do not beat together. */
const jitter = 0.2;

const doubling_ms = (first_ms: number, longest_ms: number, times: number, fraction: number): number =>
  Math.min(longest_ms, first_ms * 2 ** (times - 1)) * (1 + jitter * (2 * fraction - 1));

/**
 * The bound that an operator set, if it is tighter. A second at least: without a wait a start that fails would be
 * tried in a loop.
 */
const bounded_ms = (usual_ms: number, operators_ms: number | undefined): number =>
  operators_ms === undefined ? usual_ms : Math.min(usual_ms, Math.max(1_000, operators_ms));

/**
 * Wait before the next start of any worker after `failures` (1 …) starts in a row that did not become ready: 100 ms
 * to 30 s, or to `longest_ms`. The cause is the installation or the host, so it holds up every query alike.
 * `fraction` is random in [0, 1).
 */
export const startBackoff_ms = (failures: number, fraction: number, longest_ms?: number): number =>
  doubling_ms(100, bounded_ms(30_000, longest_ms), failures, fraction);

/** The longest wait of one query, before jitter. */
export const longestQueryBackoff_ms = 600_000;

/**
 * Wait before a query may run again after its worker died `deaths` (1 …) times in a row without a verdict: 1 s to
 * 10 min, or to `longest_ms`. The query alone waits: its worker is replaced at once, so that the others find one, and
 * a query that kills every worker costs the host no more than a start each time. A verdict needs no wait: there the
 * denylist speaks. `fraction` is random in [0, 1).
 */
export const queryBackoff_ms = (deaths: number, fraction: number, longest_ms?: number): number =>
  doubling_ms(1_000, bounded_ms(longestQueryBackoff_ms, longest_ms), deaths, fraction);

/**
 * Wait before somebody who gave no answer is asked again, after `failures` (1 …) times in a row: 1 s to a minute. Only what
 * is his waits meanwhile: the lines of a logger plugin in the store, the queries of a pack for its discovery. `fraction` is
 * random in [0, 1).
 */
export const askAgainBackoff_ms = (failures: number, fraction: number): number =>
  doubling_ms(1_000, 60_000, failures, fraction);

/** The longest wait of one extension, before jitter. */
const longestExtensionBackoff_ms = 600_000;

/** A life of at least this was a good one: the row of short ones ends with it. */
export const goodLife_ms = 60_000;

/**
 * Wait before an extension is started again after `ends` (1 …) short lives or failed starts in a row: 1 s to 10 min, or
 * to `longest_ms`. A crash denies nothing; one that crashes whenever it is started costs the host a start each time.
 * `fraction` is random in [0, 1).
 */
export const extensionBackoff_ms = (ends: number, fraction: number, longest_ms?: number): number =>
  doubling_ms(1_000, bounded_ms(longestExtensionBackoff_ms, longest_ms), ends, fraction);

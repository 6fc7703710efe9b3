import { longestQueryBackoff_ms, queryBackoff_ms } from '../../policies/restart-backoff.ts';
import { type RecordOwner, recordKey } from '../../protocol/denial.ts';
import type { Wait } from '../../protocol/why.ts';

interface TimedWait extends Wait {
  /** Monotonic milliseconds. */
  readonly until_ms: number;
}

/** Queries whose workers died under them without a verdict: each waits longer after each death in a row. */
export class HeldBack {
  readonly #waits = new Map<string, TimedWait>();
  readonly #longest_ms: number | undefined;

  /** `longest_ms`: bound of a wait, where an operator set one. */
  constructor(longest_ms?: number) {
    this.#longest_ms = longest_ms;
  }

  /** The worker died. `fraction` is random in [0, 1). */
  died(query: RecordOwner, now: { readonly ms: number; readonly unix_ms: number }, fraction: number): void {
    this.#forgetOld(now.ms);
    const key = recordKey(query);
    const deaths = (this.#waits.get(key)?.deaths ?? 0) + 1;
    const wait_ms = queryBackoff_ms(deaths, fraction, this.#longest_ms);
    this.#waits.set(key, { deaths, until_ms: now.ms + wait_ms, until_unix_ms: now.unix_ms + wait_ms });
  }

  /** A run ended and its worker lives (or was killed by us): the row of deaths is broken. */
  survived(query: RecordOwner): void {
    this.#waits.delete(recordKey(query));
  }

  /** How long the query waits; undefined when it may run. */
  wait(query: RecordOwner, now_ms: number): Wait | undefined {
    const wait = this.#waits.get(recordKey(query));
    if (wait === undefined || wait.until_ms <= now_ms) return undefined;
    const { deaths, until_unix_ms } = wait;
    return { deaths, until_unix_ms };
  }

  /** Why the query may not run yet, as a sentence; undefined when it may. */
  reason(query: RecordOwner, now_ms: number): string | undefined {
    const wait = this.wait(query, now_ms);
    if (wait === undefined) return undefined;
    const times = wait.deaths === 1 ? 'its worker died' : `its worker died ${wait.deaths} times in a row`;
    return `The query waits until ${new Date(wait.until_unix_ms).toISOString()}: ${times} while it ran, and no limit was broken.`;
  }

  /** A query that has not been seen since its longest wait begins anew; so the map stays small. */
  #forgetOld(now_ms: number): void {
    for (const [key, wait] of this.#waits) {
      if (now_ms - wait.until_ms > longestQueryBackoff_ms) this.#waits.delete(key);
    }
  }
}

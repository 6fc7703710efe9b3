import type { ExtensionWait, ExtensionWaits } from '../protocol/extension/waits.ts';

/** One call of an extension, and how long the run has waited in it. */
interface Call {
  readonly uuid: number;
  waited_ms: number;
}

/**
 * How long a run waits for extensions. Time in which it does something with the rows that came is its own, so each wait
 * is measured, not each call.
 */
export class WaitMeter {
  readonly #nowMs: () => number;
  readonly #totals = new Map<number, ExtensionWait>();
  #standing: { readonly call: Call; readonly since_ms: number } | undefined;

  /** `nowMs`: milliseconds of CLOCK_MONOTONIC. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Counts a call that begins; the function returned waits for a promise within it. One wait at a time. */
  begin(uuid: number): <T>(promise: Promise<T>) => Promise<T> {
    const call: Call = { uuid, waited_ms: 0 };
    this.#add(uuid, { calls: 1, waited_ms: 0 });
    return async (promise) => {
      const since_ms = this.#nowMs();
      const standing = { call, since_ms };
      this.#standing = standing;
      try {
        return await promise;
      } finally {
        // After the end of the run nobody reads it.
        if (this.#standing === standing) this.#standing = undefined;
        this.#spend(call, since_ms);
      }
    };
  }

  /** Asked when the run ends; undefined when it called no extension. */
  report(): ExtensionWaits | undefined {
    const standing = this.#standing;
    this.#standing = undefined;
    if (standing !== undefined) this.#spend(standing.call, standing.since_ms);
    if (this.#totals.size === 0) return undefined;
    const extensions = [...this.#totals.values()];
    return standing === undefined ? { extensions } : { extensions, standing: { ...standing.call } };
  }

  #spend(call: Call, since_ms: number): void {
    const waited_ms = this.#nowMs() - since_ms;
    call.waited_ms += waited_ms;
    this.#add(call.uuid, { calls: 0, waited_ms });
  }

  #add(uuid: number, { calls, waited_ms }: Omit<ExtensionWait, 'uuid'>): void {
    const total = this.#totals.get(uuid) ?? { uuid, calls: 0, waited_ms: 0 };
    this.#totals.set(uuid, { uuid, calls: total.calls + calls, waited_ms: total.waited_ms + waited_ms });
  }
}

import type { ExtensionWait, ExtensionWaits } from '../protocol/extension/waits.ts';

/** A call that was begun. One wait at a time, whichever call it is in. */
export interface MeasuredCall {
  /** Waits for a part of the answer. */
  wait<T>(promise: Promise<T>): Promise<T>;
  /** The answer is there, or nobody wants it any more. */
  end(): void;
}

/** A call, and how long the run has waited in it. */
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
  readonly #decisive_ms: number;
  readonly #tell: (waits: ExtensionWaits) => void;
  readonly #totals = new Map<number, ExtensionWait>();
  /** The call that was waited for last, while its answer is not whole. */
  #standing: Call | undefined;
  /** Since when it is waited for at this moment. */
  #since_ms: number | undefined;
  /** The call that was told. */
  #told: Call | undefined;

  /**
   * `nowMs`: milliseconds of CLOCK_MONOTONIC. `tell` is called when a call has lasted for `decisive_ms`, as far as `look`
   * is called meanwhile, and when that call ends.
   */
  constructor(nowMs: () => number, decisive_ms: number, tell: (waits: ExtensionWaits) => void) {
    this.#nowMs = nowMs;
    this.#decisive_ms = decisive_ms;
    this.#tell = tell;
  }

  begin(uuid: number): MeasuredCall {
    const call: Call = { uuid, waited_ms: 0 };
    this.#add(uuid, { calls: 1, waited_ms: 0 });
    return {
      wait: async (promise) => {
        this.#standing = call;
        this.#since_ms = this.#nowMs();
        try {
          return await promise;
        } finally {
          this.#spend(call);
        }
      },
      end: () => {
        if (this.#standing === call) this.#standing = undefined;
        if (this.#told === call) this.#tellAll(undefined);
      },
    };
  }

  /** To be called again and again while the run waits. */
  look(): void {
    const call = this.#standing;
    if (call === undefined || call === this.#told || this.#since_ms === undefined) return;
    if (call.waited_ms + this.#nowMs() - this.#since_ms >= this.#decisive_ms) this.#tellAll(call);
  }

  /** What was waited so far; undefined when no extension was called. */
  report(): ExtensionWaits | undefined {
    const standing = this.#standing;
    if (standing !== undefined && this.#since_ms !== undefined) {
      this.#spend(standing);
      this.#since_ms = this.#nowMs();
    }
    if (this.#totals.size === 0) return undefined;
    const extensions = [...this.#totals.values()];
    return standing === undefined ? { extensions } : { extensions, standing: { ...standing } };
  }

  #tellAll(call: Call | undefined): void {
    this.#told = call;
    const waits = this.report();
    if (waits !== undefined) this.#tell(waits);
  }

  #spend(call: Call): void {
    if (this.#since_ms === undefined) return;
    const waited_ms = this.#nowMs() - this.#since_ms;
    this.#since_ms = undefined;
    call.waited_ms += waited_ms;
    this.#add(call.uuid, { calls: 0, waited_ms });
  }

  #add(uuid: number, { calls, waited_ms }: Omit<ExtensionWait, 'uuid'>): void {
    const total = this.#totals.get(uuid) ?? { uuid, calls: 0, waited_ms: 0 };
    this.#totals.set(uuid, { uuid, calls: total.calls + calls, waited_ms: total.waited_ms + waited_ms });
  }
}

import type { Clock } from '../../platform/clock.ts';
import type { HostPressureProbe } from '../../platform/host-pressure.ts';
import type { HostPressure } from '../../protocol/host-pressure.ts';

/** An older reading than this says nothing about the query that was just stopped. */
const fresh_ms = 10_000;

/** Keeps the latest reading of the host's pressure at hand, since a verdict cannot wait for one. */
export class PressureGauge {
  readonly #probe: HostPressureProbe;
  readonly #clock: Clock;
  #latest: HostPressure | undefined;
  #readAt_ms = Number.NEGATIVE_INFINITY;
  #reading = false;

  constructor(probe: HostPressureProbe, clock: Clock) {
    this.#probe = probe;
    this.#clock = clock;
  }

  /** The last reading; undefined when there is none that is fresh. Asks for the next one when it grows old. */
  latest(): HostPressure | undefined {
    const age_ms = this.#clock.monotonicMs() - this.#readAt_ms;
    if (age_ms > fresh_ms / 2) this.#refresh();
    return age_ms <= fresh_ms ? this.#latest : undefined;
  }

  #refresh(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#probe.read().then(
      (pressure) => {
        this.#latest = pressure;
        this.#readAt_ms = this.#clock.monotonicMs();
        this.#reading = false;
      },
      () => {
        // Without a reading the host counts as calm: then a wall_ms stop is the query's own.
        this.#reading = false;
      },
    );
  }
}

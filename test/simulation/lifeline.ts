import type { Clock } from '../../platform/clock.ts';
import type { ProcessHost } from '../../platform/process-host.ts';
import type { Holder } from './simulated-disk.ts';

/**
 * Time and processes as one supervisor sees them. When it dies, nothing calls it any more; while it is held up (a busy
 * host, a SIGSTOP), everything that would reach it waits, in order.
 */
export class Lifeline implements Holder {
  readonly clock: Clock;
  readonly processHost: ProcessHost;
  readonly #clock: Clock;
  readonly #onDeath: () => void;
  #dead = false;
  #heldUntil_ms = 0;

  constructor(clock: Clock, host: ProcessHost, onDeath: () => void) {
    this.#clock = clock;
    this.#onDeath = onDeath;
    this.clock = {
      monotonicMs: () => clock.monotonicMs(),
      unixMs: () => clock.unixMs(),
      after: (delay_ms, fire) => clock.after(delay_ms, () => this.#reach(fire)),
      soon: (fire) => clock.soon(() => this.#reach(fire)),
    };
    this.processHost = {
      killOrphans: () => (this.#dead ? [] : host.killOrphans()),
      spawnWorker: (profile, listener) =>
        this.#dead
          ? { ok: false, error: { reason: 'spawn_failed', message: 'dead' } }
          : host.spawnWorker(profile, {
              message: (message) => this.#reach(() => listener.message(message)),
              rows: (payload) => this.#reach(() => listener.rows(payload)),
              protocolError: (message) => this.#reach(() => listener.protocolError(message)),
              exited: (exit) => this.#reach(() => listener.exited(exit)),
            }),
    };
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** SIGKILL. */
  die(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#onDeath();
  }

  /** It ends in order: no death. */
  end(): void {
    this.#dead = true;
  }

  holdUp(until_ms: number): void {
    this.#heldUntil_ms = Math.max(this.#heldUntil_ms, until_ms);
  }

  #reach(act: () => void): void {
    if (this.#dead) return;
    const wait_ms = this.#heldUntil_ms - this.#clock.monotonicMs();
    if (wait_ms <= 0) act();
    else this.#clock.after(wait_ms, () => this.#reach(act));
  }
}

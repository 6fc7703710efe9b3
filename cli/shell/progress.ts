import type { Clock, Timer } from '../../platform/clock.ts';

/** A query that answers sooner needs no word about how far it is. */
const quietFor_ms = 500;
const every_ms = 200;

/** To the first column and clear the line (ECMA-48: EL). */
const clearLine = '\r\u001b[K';

/** The line that stands below the statement while it runs. */
export const progressLine = (rows: number, wall_ms: number): string =>
  `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}, ${(wall_ms / 1000).toFixed(1)} s; Ctrl-C stops the query`;

/** Shows how many rows a query has given so far, until there is something better to show. */
export class Progress {
  readonly #clock: Pick<Clock, 'after' | 'monotonicMs'>;
  readonly #write: (text: string) => void;
  readonly #began_ms: number;
  #timer: Timer | undefined;
  #shown = false;
  rows = 0;

  constructor(clock: Pick<Clock, 'after' | 'monotonicMs'>, write: (text: string) => void) {
    this.#clock = clock;
    this.#write = write;
    this.#began_ms = clock.monotonicMs();
    this.#timer = clock.after(quietFor_ms, () => this.#show());
  }

  /** Takes the line away, for good. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#shown) this.#write(clearLine);
    this.#shown = false;
  }

  #show(): void {
    this.#shown = true;
    this.#write(`${clearLine}${progressLine(this.rows, this.#clock.monotonicMs() - this.#began_ms)}`);
    this.#timer = this.#clock.after(every_ms, () => this.#show());
  }
}

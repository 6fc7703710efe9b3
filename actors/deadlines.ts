import type { Clock, Timer } from '../platform/clock.ts';

/** Something that waits in a line; its links belong to the line. */
export interface Expiring {
  expires_ms: number;
  line: Line | undefined;
  before: Expiring | undefined;
  after: Expiring | undefined;
  expired(): void;
}

/** Those that wait for deadlines of one length. */
export interface Line {
  readonly length_ms: number;
  first: Expiring | undefined;
  last: Expiring | undefined;
  timer: Timer | undefined;
  tidying: boolean;
}

/**
 * Deadlines of equal length pass in the order in which they were set, so one timer serves all that wait in a line.
 * An ask that is answered in time costs no timer of its own, which would be half of its price.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lines = new Map<number, Line>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(length_ms: number, entry: Expiring): void {
    const line = this.#lineOf(length_ms);
    entry.expires_ms = this.#clock.monotonicMs() + length_ms;
    entry.line = line;
    entry.before = line.last;
    if (line.last === undefined) line.first = entry;
    else line.last.after = entry;
    line.last = entry;
    line.timer ??= this.#clock.after(length_ms, () => this.#due(line));
  }

  /** Of an entry that is in no line (any more) nothing happens. */
  remove(entry: Expiring): void {
    const { line, before, after } = entry;
    if (line === undefined) return;
    if (before === undefined) line.first = after;
    else before.after = after;
    if (after === undefined) line.last = before;
    else after.before = before;
    entry.line = undefined;
    entry.before = undefined;
    entry.after = undefined;
    if (line.first === undefined && !line.tidying) {
      line.tidying = true;
      this.#clock.soon(() => this.#tidy(line));
    }
  }

  #lineOf(length_ms: number): Line {
    const known = this.#lines.get(length_ms);
    if (known !== undefined) return known;
    const line: Line = { length_ms, first: undefined, last: undefined, timer: undefined, tidying: false };
    this.#lines.set(length_ms, line);
    return line;
  }

  /** The timer that fired stays in its place until all that is due has expired: it keeps others from being set. */
  #due(line: Line): void {
    const now_ms = this.#clock.monotonicMs();
    while (line.first !== undefined && line.first.expires_ms <= now_ms) {
      const entry = line.first;
      this.remove(entry);
      entry.expired();
    }
    line.timer =
      line.first === undefined
        ? undefined
        : this.#clock.after(line.first.expires_ms - now_ms, () => this.#due(line));
  }

  /** Not at once: who asks one question after another would set a timer for each. But a timer keeps Node alive. */
  #tidy(line: Line): void {
    line.tidying = false;
    if (line.first !== undefined) return;
    line.timer?.cancel();
    line.timer = undefined;
    this.#lines.delete(line.length_ms);
  }
}

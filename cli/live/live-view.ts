import { styleText } from 'node:util';
import type { Clock } from '../../platform/clock.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { CommandIo } from '../command-io.ts';
import { eventLine } from './event-line.ts';

/** Counts since the start, for the line at the bottom. */
export interface Tally {
  readonly queries: number;
  readonly failed: number;
  readonly changed_rows: number;
  readonly verdicts: number;
}

export const emptyTally: Tally = { queries: 0, failed: 0, changed_rows: 0, verdicts: 0 };

/** Counts one event in. */
export const tally = (so_far: Tally, event: DaemonEvent): Tally => {
  switch (event.type) {
    case 'query_ran':
      return {
        ...so_far,
        queries: so_far.queries + 1,
        changed_rows: so_far.changed_rows + event.added + event.removed,
      };
    case 'query_failed':
      return { ...so_far, failed: so_far.failed + 1 };
    case 'verdict':
      return { ...so_far, verdicts: so_far.verdicts + 1 };
    case 'denied':
    case 'log':
      return so_far;
  }
};

/** The line at the bottom of the terminal. */
export const statusLine = ({ queries, failed, changed_rows, verdicts }: Tally, rss_bytes: number): string =>
  ` ${queries} queries ran, ${failed} failed, ${changed_rows} rows changed, ${verdicts} verdicts, leashd ${(rss_bytes / 2 ** 20).toFixed(0)} MiB. Ctrl-C ends it.`;

/** To the first column and clear the line (ECMA-48: EL). */
const clearLine = '\r\u001b[K';

/** What `leash start` shows: one line an event, and on a terminal a status line that stays at the bottom. */
export class LiveView {
  readonly #io: CommandIo;
  readonly #clock: Pick<Clock, 'unixMs'>;
  readonly #rss_bytes: () => number;
  #tally = emptyTally;
  #statusShown = false;

  constructor(io: CommandIo, clock: Pick<Clock, 'unixMs'>, rss_bytes: () => number) {
    this.#io = io;
    this.#clock = clock;
    this.#rss_bytes = rss_bytes;
  }

  show(event: DaemonEvent): void {
    this.#tally = tally(this.#tally, event);
    const time = new Date(this.#clock.unixMs()).toTimeString().slice(0, 8);
    const { colours, columns } = this.#io;
    this.#print(`${eventLine(event, { time, colours, columns: columns() })}\n`);
  }

  /** A line of the command itself. */
  say(text: string): void {
    this.#print(`${text}\n`);
  }

  /** Takes the status line away, so that the shell's prompt follows the last event. */
  end(): void {
    if (this.#statusShown) this.#io.out(clearLine);
    this.#statusShown = false;
  }

  #print(line: string): void {
    const { outIsTerminal, colours, columns, out } = this.#io;
    if (!outIsTerminal) return out(line);
    const width = columns() ?? 80;
    // The last column stays free: some terminals wrap as soon as it is written.
    const status = statusLine(this.#tally, this.#rss_bytes()).slice(0, Math.max(0, width - 1));
    const shown = colours ? styleText('inverse', status, { validateStream: false }) : status;
    out(`${this.#statusShown ? clearLine : ''}${line}${shown}`);
    this.#statusShown = true;
  }
}

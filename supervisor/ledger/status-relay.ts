import type { Severity } from '../../platform/status-log.ts';
import { calendarTime } from './lines.ts';

/** A line of the status log on its way to logger plugins. */
export interface RelayedStatus {
  readonly severity: Severity;
  readonly message: string;
  readonly unix_ms: number;
}

/** Status lines from a position on. */
export interface RelayedStatuses {
  readonly items: readonly RelayedStatus[];
  /** The position after them. */
  readonly next: number;
}

/** What osquery's severities are called in its requests. */
const severityNumbers: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** Kept for loggers that are away; the status log has all of them. */
const mostKept = 1_000;
const mostAtOnce = 100;

/**
 * The latest status lines, in memory, for loggers that want them: each reads from its own position. They are a copy: what
 * is lost here, with this process or because a logger was away for too long, is in `leashd.log`.
 */
export class StatusRelay {
  #items: readonly RelayedStatus[] = [];
  /** Position of the first item. */
  #first = 0;

  write(item: RelayedStatus): void {
    const all = [...this.#items, item];
    this.#items = all.slice(-mostKept);
    this.#first += all.length - this.#items.length;
  }

  /** The oldest lines from `position` on, a hundred at most; older ones that are gone are passed over. */
  from(position: number): RelayedStatuses {
    const start = Math.max(position, this.#first);
    const items = this.#items.slice(start - this.#first, start - this.#first + mostAtOnce);
    return { items, next: start + items.length };
  }
}

/** Status lines as a logger plugin gets them: a JSON array of osquery's members. The daemon's own code has no line. */
export const statusLogText = (items: readonly RelayedStatus[], hostIdentifier: string): string =>
  JSON.stringify(
    items.map(({ severity, message, unix_ms }) => {
      const unix_s = Math.floor(unix_ms / 1000);
      return {
        s: severityNumbers[severity],
        f: 'leashd',
        i: 0,
        m: message,
        h: hostIdentifier,
        c: calendarTime(unix_s),
        u: unix_s,
      };
    }),
  );

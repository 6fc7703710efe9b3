import type { Limits } from './limits.ts';

/** How an override ended: its time was over, a person took it back, another one for the same query came. */
export type OverrideEnd = 'expired' | 'cleared' | 'replaced';

/** Limits that a person set for one scheduled query for a time, before all that config and flags say. */
export interface LimitOverride {
  readonly overrideId: string;
  /** Logged name of the query. */
  readonly queryId: string;
  readonly limits: Limits;
  /** What was in force before, of the same names. */
  readonly former: Limits;
  /** Who asked, as the client of the control socket says: the socket's mode lets its owner and root connect. */
  readonly uid: number | undefined;
  /** Unix milliseconds. */
  readonly since_unix_ms: number;
  readonly until_unix_ms: number;
  /** When and how it ended; undefined while it is in force. */
  readonly ended_unix_ms: number | undefined;
  readonly end: OverrideEnd | undefined;
}

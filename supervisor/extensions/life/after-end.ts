import { extensionBackoff_ms, goodLife_ms } from '../../../policies/restart-backoff.ts';
import type { Admission } from '../../denylist/denylist.ts';

/** Why a life ended, or did not begin. */
export type LifeEnd =
  | 'verdict'
  | 'exited'
  | 'not_registered'
  | 'not_started'
  | 'refused'
  | 'denied'
  | 'stopping';

/** What is known when a life is over. */
export interface EndFacts {
  readonly end: LifeEnd;
  /** 0 for one that did not begin. */
  readonly lived_ms: number;
  /** Short lives and failed starts in a row before this one. */
  readonly shortLives: number;
  readonly admission: Admission['kind'];
  /** Random in [0, 1). */
  readonly fraction: number;
  /** osquery's `watchdog_max_delay`, if it is set. */
  readonly longestBackoff_ms: number | undefined;
}

/** What follows an end. `denied`: until the denylist lets it; `backing_off`, `refused`: looked at again after `wait_ms`. */
export type AfterEnd =
  | { readonly phase: 'dead'; readonly shortLives: number }
  | { readonly phase: 'denied'; readonly shortLives: number }
  | { readonly phase: 'backing_off' | 'refused'; readonly shortLives: number; readonly wait_ms: number };

/** A file that is refused is looked at again this often: its owner may have mended it. */
const lookAgain_ms = 30_000;

/** Decides how it goes on. A life of a minute or more ends a row of short ones. */
export const afterEnd = (facts: EndFacts): AfterEnd => {
  const { end, admission, fraction, longestBackoff_ms } = facts;
  if (end === 'stopping') return { phase: 'dead', shortLives: 0 };
  if (end === 'refused') return { phase: 'refused', shortLives: 0, wait_ms: lookAgain_ms };
  const shortLives = facts.lived_ms >= goodLife_ms ? 1 : facts.shortLives + 1;
  if (admission === 'denied') return { phase: 'denied', shortLives };
  return {
    phase: 'backing_off',
    shortLives,
    wait_ms: extensionBackoff_ms(shortLives, fraction, longestBackoff_ms),
  };
};

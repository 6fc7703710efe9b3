import type { Admission } from '../../denylist/denylist.ts';
import type { Finding } from '../../watchdog/judge.ts';
import type { LifeEnd } from './after-end.ts';

/** Where an extension is; names as in `ExtensionState`. */
export type LifePhase =
  | { readonly name: 'checking'; readonly lifeId: string; readonly exited: boolean }
  | { readonly name: 'unregistered' | 'serving'; readonly lifeId: string; readonly startedAt_ms: number }
  | Draining
  | { readonly name: 'backing_off' | 'denied' | 'refused' | 'dead' };

/** It is being ended. */
export interface Draining {
  readonly name: 'draining';
  readonly lifeId: string;
  readonly startedAt_ms: number;
  readonly end: LifeEnd;
  /** SIGKILL has gone out to its family. */
  readonly killing: boolean;
}

export interface LifeState {
  readonly phase: LifePhase;
  /** Starts that came to a process. */
  readonly lives: number;
  /** Short lives and failed starts in a row. */
  readonly shortLives: number;
  readonly onProbation: boolean;
  /** The daemon stops: there is no next life. */
  readonly retiring: boolean;
}

export const firstState: LifeState = {
  phase: { name: 'backing_off' },
  lives: 0,
  shortLives: 0,
  onProbation: false,
  retiring: false,
};

/** What happens to an extension. What is about one life names it; a former one's is passed over. */
export type LifeEvent =
  | { readonly type: 'start_due' }
  | { readonly type: 'launched'; readonly lifeId: string; readonly result: 'refused' | 'not_started' }
  /** `proof_ms`: how long a life on probation has to stay within its budget. `registered`: it was that quick. */
  | {
      readonly type: 'launched';
      readonly lifeId: string;
      readonly result: 'started';
      readonly proof_ms: number;
      readonly registered: boolean;
    }
  | { readonly type: 'exited'; readonly lifeId: string }
  /** It broke a limit, or hung. */
  | { readonly type: 'broke'; readonly finding: Finding }
  | { readonly type: 'look_due' }
  | { readonly type: 'within' }
  | { readonly type: 'registered' }
  /** `left`: what is still registered by its door. */
  | { readonly type: 'withdrawn'; readonly left: number }
  | { readonly type: 'register_overdue' }
  | { readonly type: 'proved' }
  | { readonly type: 'said_goodbye'; readonly lifeId: string }
  | { readonly type: 'term_overdue' }
  | { readonly type: 'family_ended'; readonly lifeId: string; readonly survivors: number }
  | { readonly type: 'retire' };

export type TimerKey = 'start' | 'look' | 'register' | 'proof' | 'term';

/** What is to be done to the process and its family. */
export type ProcessEffect =
  /** Measures the family; `look_later`: when the watch says so. */
  | { readonly kind: 'look' | 'look_later' }
  /** Stores a verdict. Stands before what is done about it. */
  | { readonly kind: 'judge'; readonly finding: Finding }
  | { readonly kind: 'note_end'; readonly end: LifeEnd }
  | { readonly kind: 'goodbye' | 'terminate' | 'kill' }
  /** Nothing of this life is left. */
  | { readonly kind: 'bury' }
  | { readonly kind: 'pass_probation' | 'announce_survivors' };

/** What is to be done, in this order. */
export type LifeEffect =
  | ProcessEffect
  | { readonly kind: 'launch'; readonly lifeId: string }
  | { readonly kind: 'timer'; readonly key: TimerKey; readonly delay_ms: number }
  | { readonly kind: 'cancel'; readonly keys: readonly TimerKey[] }
  /** Takes off what it registered. */
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'announce_wait'; readonly wait_ms: number; readonly shortLives: number }
  | { readonly kind: 'retired' };

/** What a decision needs to know besides. */
export interface LifeFacts {
  readonly now_ms: number;
  /** For a life that begins now. */
  readonly nextLifeId: string;
  readonly admission: () => Admission['kind'];
  /** Random in [0, 1). */
  readonly fraction: number;
  /** `extensions_timeout`. */
  readonly timeout_ms: number;
  readonly longestBackoff_ms: number | undefined;
}

/** The next state, and what has to be done. */
export type LifeStep = readonly [LifeState, readonly LifeEffect[]];

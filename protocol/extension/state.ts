import type { ExtensionBudget } from './budget.ts';

/**
 * State of a managed extension. `checking`: its file is looked at and started; `unregistered`: it runs and has no
 * plugins yet, or no more; `serving`; `draining`: it is being ended; `backing_off`: it waits for its next start;
 * `denied`: the denylist forbids it; `refused`: its file may not be started; `dead`: for good.
 */
export type ExtensionState =
  | 'checking'
  | 'unregistered'
  | 'serving'
  | 'draining'
  | 'backing_off'
  | 'denied'
  | 'refused'
  | 'dead';

/** One extension as `leash status` shows it. */
export interface ExtensionStatus {
  readonly name: string;
  /** `unwatched`: somebody else started it. */
  readonly state: ExtensionState | 'unwatched';
  readonly pid: number;
  readonly restarts: number;
  readonly private_bytes: number;
  readonly processes: number;
  /** Tables that it does not answer for any more, sorted; the others it serves as before. */
  readonly away_tables: readonly string[];
  /** Why it is not started, or how it last ended; empty when there is nothing to tell. */
  readonly note: string;
}

/** Names of the settings of one extension in the config, under `extensions`. */
export interface ExtensionSettings extends Partial<Record<keyof ExtensionBudget, number | undefined>> {
  /** `USER`, `USER:GROUP`, or numbers. */
  readonly run_as?: string | undefined;
  /** False: it is stopped at its limits, but never denied. */
  readonly denylist?: boolean | undefined;
}

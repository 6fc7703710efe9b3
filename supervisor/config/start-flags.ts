import type { Flags } from './flags.ts';

/**
 * Flags that a config may set and that the daemon looks at only when it starts: what they decide (files, identity,
 * the size of the workforce, the lengths of denials) is built by then.
 */
export const startFlags: readonly string[] = [
  'allow_unsafe',
  'buffered_log_max',
  'denylist_durations',
  'denylist_mode',
  'disable_logging',
  'host_identifier',
  'logger_path',
  'specified_identifier',
  'spool_max_mb',
  'watchdog_max_delay',
  'worker_idle_seconds',
  'workers_max',
  'workers_scheduled',
];

/** Flags of a config that was read again, as far as they can change now, and the names of those that wait. */
export interface LiveFlags {
  readonly flags: Flags;
  readonly waiting: readonly string[];
}

/** `next` with the values that are in force for what only a restart changes. */
export const liveFlags = (inForce: Flags, next: Flags): LiveFlags => {
  const waiting = startFlags.filter((name) => next.text(name) !== inForce.text(name));
  return { flags: next.keeping(inForce, waiting), waiting };
};

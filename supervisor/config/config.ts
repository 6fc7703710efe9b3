import type { EffectiveLimits } from '../../protocol/limits.ts';

/** A query of the schedule, with everything decided that the config decides: name, limits, options. */
export interface ScheduledQuery extends EffectiveLimits {
  /** Logged name: the schedule's name, or `pack_<pack>_<name>`. */
  readonly name: string;
  readonly sql: string;
  /** 1 … 604,800. */
  readonly interval_s: number;
  readonly snapshot: boolean;
  readonly removed: boolean;
  /** False: the query is stopped at its limits like any other, but never denied. */
  readonly denylist: boolean;
  /** Present: it also runs at the first tick; lower runs earlier. */
  readonly startup_priority: number | undefined;
}

/** A pack of the config, for this host or not. The schedule of a source is one, called `main` as in osquery. */
export interface ConfigPack {
  readonly name: string;
  readonly platform: string;
  readonly version: string;
  /** Percentage of hosts that it is for; 0: of all. */
  readonly shard: number;
  /** Is it for this host? */
  readonly active: boolean;
}

import type { EffectiveLimits } from '../../protocol/limits.ts';

/** SQL that the config wants asked beside the schedule, with what a run of it may cost. */
export interface AskedQuery extends EffectiveLimits {
  readonly sql: string;
}

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
  /** Key of the pack whose discovery decides whether it runs here; absent: nothing is left to decide. */
  readonly pack?: string;
}

/** A pack of the config, for this host or not. The schedule of a source is one, called `main` as in osquery. */
export interface ConfigPack {
  /** Tells packs of the same name in several sources apart. */
  readonly key: string;
  readonly name: string;
  readonly platform: string;
  readonly version: string;
  /** Percentage of hosts that it is for; 0: of all. */
  readonly shard: number;
  /** As far as platform, version and shard decide. */
  readonly isForThisHost: boolean;
  /** Its queries run while each of these has a row. */
  readonly discovery: readonly AskedQuery[];
}

/** What a source, or a pack in it, wants to stand in every result line. */
export interface Decorators {
  /** What their values belong to: `<source>`, or `<source><delimiter><pack>`. */
  readonly source: string;
  /** Key of the pack whose discovery decides whether they run; absent: nothing is left to decide. */
  readonly pack?: string;
  /** When the config is loaded. */
  readonly load: readonly AskedQuery[];
  /** Before scheduled queries. */
  readonly always: readonly AskedQuery[];
  /** At multiples of so many seconds of Unix time, which 60 divides. */
  readonly interval: readonly { readonly every_s: number; readonly query: AskedQuery }[];
}

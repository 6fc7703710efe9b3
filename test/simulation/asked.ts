import { budgetOfLevel } from '../../protocol/budget.ts';
import type { AskedQuery, ConfigPack, ScheduledQuery } from '../../supervisor/config/config.ts';
import { emptyConfig } from '../../supervisor/config/load.ts';
import { levelLimits } from '../../supervisor/limits/effective.ts';
import type { AskedByConfig } from '../../supervisor/supervisor.ts';

/** A query of the schedule; its SQL is its name. */
export const scheduledQuery = (name: string, more: Partial<ScheduledQuery> = {}): ScheduledQuery => ({
  name,
  sql: name,
  interval_s: 10,
  snapshot: false,
  removed: true,
  denylist: true,
  startup_priority: undefined,
  ...levelLimits(budgetOfLevel['0']),
  ...more,
});

/** A pack for this host with these discovery queries. */
export const packWith = (name: string, ...discovery: readonly string[]): ConfigPack => ({
  key: name,
  name,
  platform: '',
  version: '',
  shard: 0,
  isForThisHost: true,
  discovery: discovery.map(askedQuery),
});

/** SQL that the config has asked beside the schedule. */
export const askedQuery = (sql: string): AskedQuery => ({ sql, ...levelLimits(budgetOfLevel['0']) });

/** What a config with this schedule, and with nothing else, has asked. */
export const asked = (schedule: readonly ScheduledQuery[]): AskedByConfig => ({ ...emptyConfig, schedule });

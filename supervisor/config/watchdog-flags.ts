import type { FamilyRule } from '../../policies/judge-family.ts';
import { type Budget, budgetOfLevel, type WatchdogLevel } from '../../protocol/budget.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Flags } from './flags.ts';

/** What osquery's watchdog flags come to for a host. `docs/LIMITS.md` tells the reasons. */
export interface WatchdogSettings {
  /** Of the level: what a query may cost where nothing else says so. */
  readonly budget: Budget;
  /** Limits that flags set explicitly; each stands before the level's. */
  readonly limits: Limits;
  /** False (`disable_watchdog`): the supervisor ends no run; the engine's own limits stay. */
  readonly enabled: boolean;
  /** How long after the daemon's start the rule of the utilization flags stops nobody. */
  readonly cpuRuleDelay_ms: number;
  /** Longest wait before a worker or a query that failed is started again; undefined: the policies' own. */
  readonly longestBackoff_ms: number | undefined;
  /** osquery's rules for extensions (`enable_extensions_watchdog`); undefined without the flag. */
  readonly extensionRule: ExtensionRule | undefined;
  /** What the operator of these flags should know; sentences for the status log. */
  readonly notices: readonly string[];
}

/** What an extension is held to on top of its own budget, `delay_ms` after each start. */
export type ExtensionRule = Omit<FamilyRule, 'from_ms'> & { readonly delay_ms: number };

/** osquery's own values where a flag is 0: percent of all cores, and seconds over it. */
const osqueryRule: Readonly<Record<`${WatchdogLevel}`, { percent: number; latency_s: number }>> = {
  '-1': { percent: 100, latency_s: 1_000 },
  '0': { percent: 10, latency_s: 12 },
  '1': { percent: 5, latency_s: 6 },
};

/** Its own growth in MB. */
const osqueryMemory_mb: Readonly<Record<`${WatchdogLevel}`, number>> = { '-1': 10_000, '0': 200, '1': 100 };

/** osquery looks every three seconds, so its limit is reached with a whole number of looks. */
const osqueryCheck_s = 3;

// Beyond these a value means "no limit" as well, and stays a number that every computation can hold.
const most_mb = 2 ** 24;
const most_s = 604_800;

/**
 * osquery's flags as budgets of a query. A flag that is 0 leaves its limit to the level, as there. `cores`: those of
 * the host, 1 or more.
 *
 * - `watchdog_memory_limit`: `memory_mb`, the same unit; per query instead of per process.
 * - `watchdog_utilization_limit` is in percent of all cores, at most 100: `cpu_percent`, of one core, is that times
 *   the cores. `watchdog_latency_limit`: `cpu_window_ms`. Either of both sets the whole rule, with osquery's value of
 *   the level for the other; without both Leash's default stays, which is CPU time and no share.
 * - `watchdog_delay` holds up that rule alone, and only when somebody sets it.
 */
export const watchdogSettings = (flags: Flags, cores: number): WatchdogSettings => {
  const level = levelOf(flags.int('watchdog_level'));
  const enabled = !flags.bool('disable_watchdog');
  const memory_mb = Math.min(most_mb, flags.int('watchdog_memory_limit'));
  const percent = flags.int('watchdog_utilization_limit');
  const latency_s = flags.int('watchdog_latency_limit');
  const rule = percent > 0 || latency_s > 0 ? cpuRule(level, percent, latency_s, cores) : {};
  const isSet = (name: string): boolean => flags.origin(name) !== 'default';
  return {
    budget: enabled ? budgetOfLevel[level] : withoutWatchdog(budgetOfLevel[level]),
    limits: { ...(memory_mb > 0 ? { memory_mb } : {}), ...rule },
    enabled,
    cpuRuleDelay_ms: isSet('watchdog_delay') ? Math.min(most_s, flags.int('watchdog_delay')) * 1_000 : 0,
    extensionRule: flags.bool('enable_extensions_watchdog')
      ? {
          growth_mb: memory_mb > 0 ? memory_mb : osqueryMemory_mb[level],
          ...cpuRule(level, percent, latency_s, cores),
          delay_ms: Math.min(most_s, flags.int('watchdog_delay')) * 1_000,
        }
      : undefined,
    longestBackoff_ms: isSet('watchdog_max_delay') ? flags.int('watchdog_max_delay') * 1_000 : undefined,
    notices: enabled ? [] : [disabledNotice],
  };
};

const levelOf = (level: number): `${WatchdogLevel}` => (level < 0 ? '-1' : level > 0 ? '1' : '0');

const cpuRule = (
  level: `${WatchdogLevel}`,
  percent: number,
  latency_s: number,
  cores: number,
): Pick<Budget, 'cpu_percent' | 'cpu_window_ms'> => {
  const usual = osqueryRule[level];
  const over_s = Math.min(most_s, latency_s > 0 ? latency_s : usual.latency_s);
  return {
    cpu_percent: Math.min(100, percent > 0 ? percent : usual.percent) * cores,
    cpu_window_ms: Math.ceil(over_s / osqueryCheck_s) * osqueryCheck_s * 1_000,
  };
};

/**
 * Time and memory of the widest level, which the engine alone then stops at: a statement without an end must have
 * one. How much a query may read and tell stays as it is.
 */
const withoutWatchdog = (budget: Budget): Budget => {
  const { wall_ms, cpu_ms, memory_mb } = budgetOfLevel['-1'];
  return { ...budget, wall_ms, cpu_ms, memory_mb };
};

/** What `leashd` and `leash doctor` say of a daemon without its watchdog. */
export const disabledNotice: string =
  'THE WATCHDOG IS OFF (--disable_watchdog): no query is ended for the CPU time, memory or time that it takes.';

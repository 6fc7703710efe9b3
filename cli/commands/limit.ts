import { type BudgetName, budgetNames } from '../../protocol/budget.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import type { Limits } from '../../protocol/limits.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { parseDuration_ms } from '../duration.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Openers } from '../query-service.ts';
import { withDaemon } from './with-daemon.ts';

/** Texts of the command's options: a value for each limit that is named, and the time. */
export type LimitOptions = Readonly<Partial<Record<BudgetName, string>>> & { readonly for: string };

/** `leash limit NAME --cpu_ms N … --for TIME`. */
export const setLimit = async (
  control: string | undefined,
  name: string,
  options: LimitOptions,
  io: CommandIo,
  openers: Openers,
): Promise<number> => {
  const for_ms = parseDuration_ms(options.for);
  if (for_ms === undefined) {
    return complain(io, `--for expects a time like 90s, 10m, 2h or 1d, found '${options.for}'`);
  }
  const limits: Partial<Record<BudgetName, number>> = {};
  for (const limit of budgetNames) {
    const text = options[limit];
    if (text === undefined) continue;
    // Number('') is 0, and JSON has no NaN: what is no plain decimal is told here.
    if (!/^[-+]?\d+(\.\d+)?$/.test(text)) {
      return complain(io, `--${limit} expects a number above 0, found '${text}'`);
    }
    limits[limit] = Number(text);
  }
  return withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.setLimit(name, limits, for_ms, process.getuid?.()),
    (set) => `${set.map((override) => describe(override)).join('')}It holds for the next run.\n`,
  );
};

/** `leash limit list [--json]`. */
export const listLimits = (
  { control, json }: { readonly control: string | undefined; readonly json: boolean },
  io: CommandIo,
  openers: Openers,
): Promise<number> =>
  withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.overrides(),
    (overrides) => {
      if (json) return `${JSON.stringify(overrides, null, 2)}\n`;
      return overrides.length === 0 ? 'No limit is overridden.\n' : overrides.map(describe).join('');
    },
  );

/** `leash limit clear NAME`. */
export const clearLimit = (
  control: string | undefined,
  name: string,
  io: CommandIo,
  openers: Openers,
): Promise<number> =>
  withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.clearLimit(name),
    () => `The override of '${terminalText(name)}' is taken back.\n`,
  );

const describe = ({ queryId, limits, former, uid, until_unix_ms }: LimitOverride): string => {
  const values = budgetNames
    .filter((name) => limits[name] !== undefined)
    .map((name) => `${name} ${limits[name]} (was ${wasIn(former, name)})`);
  const by = uid === undefined ? 'unknown' : String(uid);
  return `${terminalText(queryId)}  ${values.join(', ')}  until ${new Date(until_unix_ms).toISOString()}  by uid ${by}\n`;
};

const wasIn = (former: Limits, name: BudgetName): string => String(former[name] ?? 'unset');

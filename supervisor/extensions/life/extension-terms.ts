import type { UserIds } from '../../../platform/program-host.ts';
import {
  type ExtensionBudget,
  extensionBudgetNames,
  usualExtensionBudget,
} from '../../../protocol/extension/budget.ts';
import type { ExtensionSettings } from '../../../protocol/extension/state.ts';
import { fail, ok } from '../../../protocol/result.ts';
import type { Flags } from '../../config/flags.ts';
import type { ExtensionRule } from '../../config/watchdog-flags.ts';
import type { Terms } from './managed-extension.ts';

/** Where terms come from. */
export interface TermsDeps {
  /** Of the command line. */
  readonly flags: Flags;
  /** `extensions` of the config, as it is now. */
  readonly settings: () => ReadonlyMap<string, ExtensionSettings>;
  /** Of `enable_extensions_watchdog`; undefined without it. */
  readonly rule: ExtensionRule | undefined;
  readonly uid: number;
  readonly userIds: (name: string) => UserIds | undefined;
}

/** The terms of an extension: the config's word for it stands before the flags', those before the usual ones. */
export const extensionTerms =
  ({ flags, settings, rule, uid, userIds }: TermsDeps) =>
  (name: string): Terms => {
    const own = settings().get(name) ?? {};
    const budget = Object.fromEntries(
      extensionBudgetNames.map((limit) => {
        const flag = flags.int(`extension_${limit}`);
        return [limit, own[limit] ?? (flag > 0 ? flag : usualExtensionBudget[limit])];
      }),
    ) as Record<keyof ExtensionBudget, number>;
    const terms = { budget, mayBeDenied: own.denylist ?? true, rule, runAs: undefined };
    if (own.run_as === undefined) return ok(terms);
    const runAs = userIds(own.run_as);
    if (runAs === undefined) {
      return refuse(
        `run_as '${own.run_as}' names no user and group of this host; UID:GID names them by numbers.`,
      );
    }
    if (uid !== 0 && runAs.uid !== uid) {
      return refuse(`run_as '${own.run_as}' needs a daemon of root; this one is of user ${uid}.`);
    }
    return ok({ ...terms, runAs });
  };

const refuse = (message: string): Terms => fail({ reason: 'bad_run_as', message });

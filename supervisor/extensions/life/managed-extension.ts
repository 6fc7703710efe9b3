import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { UserIds } from '../../../platform/program-host.ts';
import { type ExtensionBudget, extensionBudgetNames } from '../../../protocol/extension/budget.ts';
import type { Failure, Result } from '../../../protocol/result.ts';
import type { ExtensionRule } from '../../config/watchdog-flags.ts';
import type { Door } from '../check-registration.ts';

/** An extension that this daemon starts. */
export interface ManagedExtension {
  /** From 1, in the order in which they were named: its directory is called so. */
  readonly number: number;
  /** See `ExtensionLife`. */
  readonly name: string;
  readonly path: string;
  /** Its name has to end in `.ext`: not for one that the command line names. */
  readonly nameRule: boolean;
  readonly door: Door;
  /** The door's directory. */
  readonly directory: string;
}

/** How an extension is to be run: asked for at every start, so that a config that was read again counts. */
export interface ExtensionTerms {
  readonly budget: ExtensionBudget;
  readonly mayBeDenied: boolean;
  /** Absent: the daemon's own user. */
  readonly runAs: UserIds | undefined;
  /** osquery's rules, counted from the start; absent without its flag. */
  readonly rule: ExtensionRule | undefined;
}

/** Terms, or why there are none: a user that does not exist. */
export type Terms = Result<ExtensionTerms, Failure<'bad_run_as'>>;

/**
 * Extensions by the paths that were named, each once. Two files of one name are told apart by their paths, since verdicts
 * and settings go by the name.
 */
export const manageExtensions = (
  found: readonly { readonly path: string; readonly nameRule: boolean }[],
  directory: string,
): readonly ManagedExtension[] => {
  const first = new Map<string, string>();
  for (const { path } of found) if (!first.has(nameOf(path))) first.set(nameOf(path), path);
  const distinct = [...new Map(found.map((each) => [each.path, each])).values()];
  return distinct.map(({ path, nameRule }, index) => {
    const own = `${directory}/${index + 1}`;
    return {
      number: index + 1,
      name: first.get(nameOf(path)) === path ? nameOf(path) : path,
      path,
      nameRule,
      directory: own,
      door: { path: `${own}/em`, kind: 'managed' },
    };
  });
};

const nameOf = (path: string): string => basename(path, '.ext');

/** SHA-256 over path and budget, in hex: the key of an extension's record on the denylist. */
export const pathHashOf = (path: string, budget: ExtensionBudget): string => {
  const hash = createHash('sha256').update(path);
  for (const name of extensionBudgetNames) hash.update(`\0${name}=${budget[name]}`);
  return hash.digest('hex');
};

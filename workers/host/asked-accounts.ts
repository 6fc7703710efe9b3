import type { HostFiles } from '../../protocol/host-files.ts';
import type { Column, TableQuery } from '../../protocol/table.ts';
import { type Account, parsePasswd } from '../parsers/passwd.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';

/**
 * Accounts whose home directories a scan of a user table (`userData`) covers: those whose uid was asked for, else, as
 * in osquery, the calling user's alone. Accounts that share uid and home are one.
 */
export const askedAccounts = <C extends { readonly uid: Column }>(
  query: TableQuery<C & Readonly<Record<string, Column>>>,
  files: HostFiles,
): Account[] => {
  const uids = query.equals('uid') ?? [String(query.host.uid)];
  const asked = parsePasswd(files.readText('/etc/passwd') ?? '').filter(
    (account) => uids.includes(String(account.uid)) && hasHome(account),
  );
  const byHome = new Map(
    asked.toReversed().map((account) => [`${account.uid}:${account.directory}`, account]),
  );
  return [...byHome.values()].toReversed();
};

/** A home that is no absolute path is none. One without a name is the root: sshd looks there for the keys of its account. */
export const hasHome = ({ directory }: Account): boolean => directory === '' || directory.startsWith('/');

/** Path of a file in a home directory. */
export const homePath = ({ directory }: Account, path: string): string =>
  `${withoutLastSlashes(directory)}/${path}`;

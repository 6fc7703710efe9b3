import type { PathFacts, Trail } from '../../protocol/path-facts.ts';

/**
 * The first directory on a way that this user may not enter, by owner, group and mode; undefined: none. Other groups of
 * the user do not count: a program that is started as it has none.
 */
export const firstClosedTo = (
  trail: Trail,
  user: { readonly uid: number; readonly gid: number },
): PathFacts | undefined =>
  user.uid === 0
    ? undefined
    : trail.components.find((facts) => facts.kind === 'directory' && !mayEnter(facts, user));

const mayEnter = (
  { uid, gid, mode }: PathFacts,
  user: { readonly uid: number; readonly gid: number },
): boolean => {
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
};

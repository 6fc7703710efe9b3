import { othersWrite, type TrailRule } from './judge-trail.ts';

/** Kinds of things that Leash keeps or believes. */
export type OwnFileRule =
  | 'private_directory'
  | 'owned_directory'
  | 'private_file'
  | 'private_socket'
  | 'trusted_file';

const anyoneElse = 0o077;

const kept = { rootToo: false, way: 'replaceable', links: 'not_last' } as const;

/**
 * `private_*`: for its owner alone. `owned_directory`: others may read it. `trusted_file`: run or believed by Leash, so
 * nobody but its owner and root may be able to change it.
 */
export const ownFileRules: Readonly<Record<OwnFileRule, TrailRule>> = {
  private_directory: { ...kept, kind: 'directory', forbidden: anyoneElse, mend: '700' },
  owned_directory: { ...kept, kind: 'directory', forbidden: othersWrite, mend: 'go-w' },
  private_file: { ...kept, kind: 'file', forbidden: anyoneElse, mend: '600' },
  private_socket: { ...kept, kind: 'socket', forbidden: anyoneElse, mend: '600' },
  trusted_file: {
    kind: 'file',
    rootToo: true,
    forbidden: othersWrite,
    mend: 'go-w',
    way: 'replaceable',
    links: 'followed',
  },
};

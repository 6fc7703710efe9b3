import { accessSync, constants, lstatSync, realpathSync, type Stats } from 'node:fs';
import type { HostFacts, PathFacts } from '../host-facts.ts';
import { readTextFile } from './text-file.ts';

const kindOf = (stat: Stats): PathFacts['kind'] => {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  return stat.isSocket() ? 'socket' : 'other';
};

/** What can be had; undefined for what throws, since a doctor looks at things that are not there. */
const attempt = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

/** The facts of this host. */
export const nodeHostFacts: HostFacts = {
  readText: readTextFile,
  look: (path) =>
    attempt(() => {
      const stat = lstatSync(path);
      return { path, kind: kindOf(stat), uid: stat.uid, mode: stat.mode & 0o7777 };
    }),
  realPath: (path) => attempt(() => realpathSync(path)),
  mayWrite: (path) => attempt(() => accessSync(path, constants.W_OK) ?? true) ?? false,
};

import { lstatSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import { nativePath } from './path-bytes.ts';

/** As many links as the kernel follows (path_resolution(7)). */
const mostLinks = 40;

/**
 * The path on this host of `path` as a process below `root` would see it: symbolic links, absolute ones included,
 * stay inside the root. With `followLast` false the last component is not followed unless a slash ends the path
 * (path_resolution(7)). Undefined for a loop or a path that goes nowhere.
 */
export const resolveInRoot = (root: string, path: string, followLast: boolean): string | undefined => {
  const follow = followLast || path.endsWith('/');
  let waiting = path.split('/').filter((part) => part !== '');
  let inside = '/';
  let links = 0;
  while (waiting.length > 0) {
    const [part = '', ...rest] = waiting;
    waiting = rest;
    if (part === '.') continue;
    if (part === '..') {
      inside = posix.dirname(inside);
      continue;
    }
    const next = posix.join(inside, part);
    const target = waiting.length > 0 || follow ? linkTarget(root + next) : undefined;
    if (target === undefined) {
      inside = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) return undefined;
    if (target.startsWith('/')) inside = '/';
    waiting = [...target.split('/').filter((piece) => piece !== ''), ...waiting];
  }
  if (inside === '/') return root;
  // The slash stays, so that the kernel says no where the path ends at something else than a directory.
  return root + inside + (path.endsWith('/') ? '/' : '');
};

const linkTarget = (hostPath: string): string | undefined => {
  const native = nativePath(hostPath);
  const stat = lstatSync(native, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() === true ? readlinkSync(native) : undefined;
};

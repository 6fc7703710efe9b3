import type { Test } from 'tap';
import { type CountedHostFiles, createHostFiles } from '../../../platform/node/host-files/door.ts';

/** A real file door with room for any test. */
export const openDoor = (root = '/'): CountedHostFiles =>
  createHostFiles({
    root,
    readMax_bytes: 50 * 2 ** 20,
    budget: { read_bytes: 512 * 2 ** 20, paths: 200_000 },
  });

/** A process of a made-up /proc. */
export interface MadeProcess {
  /** Inode of its network namespace; a process that may not be looked into shows none. */
  readonly namespace?: number;
  /** Targets of its descriptors. */
  readonly fd?: Readonly<Record<string, string>>;
  /** Files below `net`. */
  readonly net?: Readonly<Record<string, string>>;
}

/** Makes a directory with `/proc` of these processes and gives its path. */
export const makeProc = (t: Test, processes: Readonly<Record<string, MadeProcess>>): string =>
  t.testdir({
    proc: Object.fromEntries(
      Object.entries(processes).map(([pid, { namespace, fd = {}, net = {} }]) => [
        pid,
        {
          ns: namespace === undefined ? {} : { net: t.fixture('symlink', `net:[${namespace}]`) },
          fd: Object.fromEntries(
            Object.entries(fd).map(([number, target]) => [number, t.fixture('symlink', target)]),
          ),
          net: { ...net },
        },
      ]),
    ),
  });

/** The same files, but `before` runs ahead of each read of a text. */
export const beforeReads = (files: CountedHostFiles, before: (path: string) => void): CountedHostFiles =>
  new Proxy(files, {
    get: (door, name) => {
      const member: unknown = Reflect.get(door, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (name === 'readText') before(String(args[0]));
        return Reflect.apply(member, door, args);
      };
    },
  });

import { BudgetExceeded } from '../protocol/budget-exceeded.ts';
import type { HostFiles, OpenFile } from '../protocol/host-files.ts';
import type { RunGuard } from './engine/run-guard.ts';

/**
 * The file door under the run's guard: before each touch of the host it is checked whether the run may go on, so
 * that a table deep in a directory tree stops at its deadline and dies with its supervisor. What the door itself
 * stops (bytes, paths) is kept by the guard, in case a table swallows the exception.
 */
export const guardedFiles = (files: HostFiles, guard: RunGuard): HostFiles => {
  const touch = <T>(call: () => T): T => {
    guard.check();
    try {
      return call();
    } catch (error) {
      throw error instanceof BudgetExceeded ? guard.exceed(error) : error;
    }
  };
  const guarded = (open: () => OpenFile | undefined): OpenFile | undefined => {
    const file = touch(open);
    return file === undefined
      ? undefined
      : {
          stat: () => touch(() => file.stat()),
          readAt: (into, offset_bytes) => touch(() => file.readAt(into, offset_bytes)),
          close: () => file.close(),
        };
  };
  return {
    readBytes: (path) => touch(() => files.readBytes(path)),
    readText: (path, encoding) => touch(() => files.readText(path, encoding)),
    readChunks: (path, chunk) =>
      touch(() =>
        files.readChunks(path, (bytes, isWhole) => {
          guard.check();
          chunk(bytes, isWhole);
        }),
      ),
    open: (path) => guarded(() => files.open(path)),
    openMemory: (pid, part) => guarded(() => files.openMemory(pid, part)),
    list: (path) => touch(() => files.list(path)),
    entries: (path) => touch(() => files.entries(path)),
    readLink: (path) => touch(() => files.readLink(path)),
    descriptors: (pid) => touch(() => files.descriptors(pid)),
    stat: (path) => touch(() => files.stat(path)),
    lstat: (path) => touch(() => files.lstat(path)),
    statfs: (path) => touch(() => files.statfs(path)),
    realPath: (path) => touch(() => files.realPath(path)),
    within: (root) => guardedFiles(files.within(root), guard),
  };
};

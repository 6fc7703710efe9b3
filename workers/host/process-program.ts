import type { HostFiles } from '../../protocol/host-files.ts';

/** What the kernel puts behind the path of a file that has no name any more (proc_pid_exe(5)). */
const deleted = ' (deleted)';

/** The program that a process runs. */
export interface ProcessProgram {
  /** As the kernel names it, without ` (deleted)`. */
  readonly path: string;
  /** 1: the file is there; 0: it is gone; undefined: not asked for, or -1 when there is none to ask for. */
  readonly on_disk: number | undefined;
}

/**
 * The program behind `<directory>/exe`, the directory being a process's in /proc. A kernel thread and a zombie have
 * none, and that of somebody else's process is denied: path '' and on_disk -1. A file may itself be called
 * `x (deleted)`: then it has the inode that the process runs.
 */
export const processProgram = (files: HostFiles, directory: string, asksDisk: boolean): ProcessProgram => {
  const path = files.readLink(`${directory}/exe`) ?? '';
  if (path.endsWith(deleted)) {
    const isName = isSameFile(files, path, `${directory}/exe`);
    return isName ? { path, on_disk: 1 } : { path: path.slice(0, -deleted.length), on_disk: 0 };
  }
  if (!asksDisk) return { path, on_disk: undefined };
  return { path, on_disk: path === '' ? -1 : Number(isThere(files, directory, path)) };
};

/** In a container the path means a file below the root of the process, which the host may not have. */
const isThere = (files: HostFiles, directory: string, path: string): boolean =>
  files.stat(path) !== undefined || files.stat(`${directory}/root${path}`) !== undefined;

const isSameFile = (files: HostFiles, one: string, other: string): boolean => {
  const [first, second] = [files.stat(one), files.stat(other)];
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
};

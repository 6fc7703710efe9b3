import {
  closeSync,
  constants,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogFile, LogFiles } from '../log-files.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/** Log files of this host. */
export const nodeLogFiles: LogFiles = {
  look: (path) => {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return {
      path,
      device: `${stat.dev}`,
      inode: `${stat.ino}`,
      size_bytes: Number(stat.size),
    } satisfies LogFile;
  },
  findMoved: (path, device, inode) => {
    const directory = dirname(path);
    for (const name of readdirSync(directory)) {
      const file = nodeLogFiles.look(join(directory, name));
      if (file !== undefined && file.device === device && file.inode === inode) return file;
    }
    return undefined;
  },
  read: (path, offset_bytes, length) => {
    const descriptor = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset_bytes));
    } finally {
      closeSync(descriptor);
    }
  },
  append: (path, bytes, mode) => {
    let written = 0;
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, mode);
      if ((fstatSync(descriptor).mode & 0o777) !== mode) fchmodSync(descriptor, mode);
      let problem: string | undefined;
      try {
        while (written < bytes.length) written += writeSync(descriptor, bytes, written);
      } catch (error) {
        problem = problemOf(path, error);
      }
      // What a full disk took is acknowledged, too: it has to be there after a loss of power.
      if (written > 0) fdatasyncSync(descriptor);
      return { written, problem };
    } catch (error) {
      return { written: 0, problem: problemOf(path, error) };
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  },
  sync: (path) => {
    const descriptor = openSync(path, O_WRONLY | O_NOFOLLOW);
    try {
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
};

const problemOf = (path: string, error: unknown): string =>
  `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`;

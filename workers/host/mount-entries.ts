import { nameFromBytes } from '../../platform/node/host-files/path-bytes.ts';
import type { HostFiles } from '../../protocol/host-files.ts';

/** One line of /proc/mounts (proc_pid_mounts(5)). */
export interface MountEntry {
  readonly device: string;
  readonly path: string;
  readonly type: string;
  /** Options, with commas between them. */
  readonly flags: string | undefined;
}

/** What is mounted where, in the kernel's order. */
export const mountEntries = (files: HostFiles): MountEntry[] =>
  (files.readText('/proc/mounts', 'latin1') ?? '').split('\n').flatMap((line) => {
    const [device, path, type, flags] = line.trimEnd().split(' ').map(fieldOf);
    return device === undefined || path === undefined || type === undefined
      ? []
      : [{ device, path, type, flags }];
  });

/**
 * Blanks, tabs, newlines, backslashes and `#` stand as three octal digits (getmntent(3)). A path need not be UTF-8:
 * it is read byte by byte, so that the file system there is found.
 */
const fieldOf = (latin1: string): string => {
  const bytes = latin1.replace(/\\([0-7]{3})/g, (_match, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return nameFromBytes(Buffer.from(bytes, 'latin1'));
};

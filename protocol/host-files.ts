/** Kind of a file system entry. */
export type FileKind =
  | 'regular'
  | 'directory'
  | 'symlink'
  | 'fifo'
  | 'socket'
  | 'character'
  | 'block'
  | 'unknown';

/** What stat(2) tells, with the precision that 64-bit inodes and nanoseconds need. Times in nanoseconds. */
export interface FileStat {
  readonly kind: FileKind;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: bigint;
  readonly size_bytes: bigint;
  readonly block_bytes: number;
  readonly blocks: bigint;
  readonly atime_ns: bigint;
  readonly mtime_ns: bigint;
  readonly ctime_ns: bigint;
}

/** What statfs(2) tells of a mounted file system. */
export interface FileSystemStat {
  readonly block_bytes: number;
  readonly blocks: bigint;
  readonly blocks_free: bigint;
  readonly blocks_available: bigint;
  readonly inodes: bigint;
  readonly inodes_free: bigint;
}

/** An entry of a directory. `kind` is `unknown` where the file system does not tell without a stat. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** A descriptor of a process. */
export interface Descriptor {
  readonly fd: number;
  /** What its link says: a path, or such as `socket:[12345]` (proc_pid_fd(5)). */
  readonly target: string;
}

/** A file that is read at any place, however large it is. It is to be closed. */
export interface OpenFile {
  /** Of what is open, whatever stands at its path by now. */
  stat(): FileStat;
  /**
   * Fills `into` from an offset on and gives how many bytes came: fewer than it holds only at the end of the file.
   * Undefined when reading failed.
   */
  readAt(into: Uint8Array, offset_bytes: number): number | undefined;
  close(): void;
}

/** The memory of a process, or 8 bytes for each of its pages, which tell whether it is there. */
export type ProcessMemoryPart = 'mem' | 'pagemap';

/** The largest file that is read whole (osquery's `read_max`). */
export const readMax_bytes: number = 50 * 2 ** 20;

/**
 * The file door (the only way from a table to the host's files). Paths are absolute and as the host sees them;
 * the door puts its root in front, so that fixtures and containers work.
 *
 * Nothing here throws for what a host may do: a file that is missing, denied, of a dangerous kind, too large or
 * that vanished while read gives `undefined`, and the door counts why. A FIFO is never waited for, a device is
 * never opened (but see `open`). Only a used-up budget (bytes, paths) throws, and the query ends with it.
 */
export interface HostFiles {
  /** Content of a regular file (or an allow-listed proc or sys file) as bytes; at most `read_max` (50 MiB). */
  readBytes(path: string): Uint8Array | undefined;
  /** The same as text. Invalid UTF-8 becomes U+FFFD unless `latin1` is asked for (one char a byte, lossless). */
  readText(path: string, encoding?: 'utf8' | 'latin1'): string | undefined;
  /**
   * Hands the content to `chunk` piece by piece without keeping it; false when the file could not be read, which may
   * show after the first pieces. The bytes are valid during the call only, and no other `readChunks` may run in it.
   * `isWhole` is true when this one piece is the whole file; an empty file has no piece.
   */
  readChunks(path: string, chunk: (bytes: Uint8Array, isWhole: boolean) => void): boolean;
  /**
   * Opens what `readBytes` would read, of any size, for whoever needs parts of it. The only devices that this opens are
   * those of a processor, `/dev/cpu/<n>/msr` and `cpuid`, where the place says what is asked (msr(4), cpuid(4)) and
   * reading changes nothing.
   */
  open(path: string): OpenFile | undefined;
  /**
   * Opens `/proc/<pid>/mem` or `pagemap` (proc_pid_mem(5), proc_pid_pagemap(5)), which no other method opens; undefined
   * where the kernel does not let this process trace that one, and through another root. A place in `mem` is an address:
   * reading one that is mapped and not in memory brings it there, so ask `pagemap` first.
   */
  openMemory(pid: number, part: ProcessMemoryPart): OpenFile | undefined;
  /**
   * Names in a directory in the order the kernel gives them; undefined when it cannot be listed. A byte that belongs
   * to no UTF-8 character is a lone surrogate in the name, which every method takes back for that byte.
   */
  list(path: string): readonly string[] | undefined;
  /** Entries of a directory with their kinds; names as in `list`. */
  entries(path: string): readonly DirectoryEntry[] | undefined;
  /** Target of a symbolic link (or of a proc magic link), as text. */
  readLink(path: string): string | undefined;
  /**
   * Descriptors of a process, as `/proc/<pid>/fd` has them; undefined when this process may not list them or that one is
   * gone. One that is closed meanwhile is left out. `list` and `readLink` tell the same and take longer.
   */
  descriptors(pid: string): readonly Descriptor[] | undefined;
  /** stat(2), following links. */
  stat(path: string): FileStat | undefined;
  /** lstat(2). */
  lstat(path: string): FileStat | undefined;
  /** statfs(2). */
  statfs(path: string): FileSystemStat | undefined;
  /** Canonical path as the host sees it. */
  realPath(path: string): string | undefined;
  /** The door of another root, e.g. `/proc/<pid>/root` for `pid_with_namespace`. Counts into the same budget. */
  within(root: string): HostFiles;
}

/** What the door counted for one run. */
export interface HostFilesUsage {
  readonly paths: number;
  readonly read_bytes: number;
  /** Reads that the kernel refused (EACCES, EPERM): rows may be missing because the worker is not root. */
  readonly denied_reads: number;
  /** Entries of a kind that the door never opens (FIFO, device, socket). */
  readonly refused_reads: number;
  /** Paths of files that have more than `read_max` and were not read, each once; the first 100. */
  readonly too_large: readonly string[];
}

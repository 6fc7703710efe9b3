import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import type {
  Descriptor,
  DirectoryEntry,
  FileStat,
  FileSystemStat,
  HostFiles,
  HostFilesUsage,
  OpenFile,
  ProcessMemoryPart,
} from '../../../protocol/host-files.ts';
import { toFileStat } from './file-stat.ts';
import { isForbidden, isProcessFile, isProcessorDevice } from './openable.ts';
import { nativePath } from './path-bytes.ts';
import { readDescriptors } from './read-descriptors.ts';
import { readDirectory, readNames } from './read-directory.ts';
import { resolveInRoot } from './rooted-path.ts';
import { type FilesBudget, UsageMeter } from './usage-meter.ts';

const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** A FIFO does not wait for its writer, a terminal does not become ours. */
const openFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
const chunk_bytes = 64 * 1024;
/** An exception for what is not there would cost several times as much as looking. */
const statOptions = { bigint: true, throwIfNoEntry: false } as const;

/** How a door is made. */
export interface HostFilesOptions {
  /** Directory that stands for `/`; `/` itself for this host. */
  readonly root: string;
  /** The largest file that is read whole (osquery's `read_max`). */
  readonly readMax_bytes: number;
  readonly budget: FilesBudget;
}

/** A file door and what went through it. */
export type CountedHostFiles = HostFiles & {
  usage(): HostFilesUsage;
  /** Counts bytes that came through another door of the same run against its budget; throws when it is used up. */
  received(count: number): void;
};

/** Opens the file door of one run: see `HostFiles` for what it promises. */
export const createHostFiles = (options: HostFilesOptions): CountedHostFiles => {
  const meter = new UsageMeter(options.budget);
  const door = new Door(normalRoot(options.root), options.readMax_bytes, meter);
  return Object.assign(door, {
    usage: () => meter.usage(),
    received: (count: number) => meter.addBytes(count),
  });
};

const normalRoot = (root: string): string => (root === '/' ? '' : root.replace(/\/+$/, ''));

/** One buffer for all reads of this process: tables are synchronous, so two reads never overlap. */
let shared: Buffer = Buffer.allocUnsafe(chunk_bytes);
/** The buffer of `readChunks`, whose caller may read other files meanwhile. */
const piece: Buffer = Buffer.allocUnsafeSlow(4 * chunk_bytes);

class Door implements HostFiles {
  readonly #root: string;
  readonly #readMax_bytes: number;
  readonly #meter: UsageMeter;

  constructor(root: string, readMax_bytes: number, meter: UsageMeter) {
    this.#root = root;
    this.#readMax_bytes = readMax_bytes;
    this.#meter = meter;
  }

  readBytes(path: string): Uint8Array | undefined {
    return this.#readWhole(path, (length) => Uint8Array.prototype.slice.call(shared, 0, length));
  }

  readText(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): string | undefined {
    return this.#readWhole(path, (length) => shared.toString(encoding, 0, length));
  }

  readChunks(path: string, chunk: (bytes: Uint8Array, isWhole: boolean) => void): boolean {
    const opened = this.#open(path);
    if (opened === undefined) return false;
    try {
      for (let total = 0; ; ) {
        const length = this.#fill(opened.descriptor);
        if (length === undefined) return false;
        total += length;
        if (this.#isTooLarge(path, total)) return false;
        const isLast = length < piece.length;
        if (length > 0) chunk(piece.subarray(0, length), isLast && total === length);
        if (isLast) return true;
      }
    } finally {
      closeSync(opened.descriptor);
    }
  }

  open(path: string): OpenFile | undefined {
    const opened = this.#open(path, 'part');
    return opened === undefined ? undefined : this.#openFile(opened.descriptor);
  }

  openMemory(pid: number, part: ProcessMemoryPart): OpenFile | undefined {
    this.#meter.addPaths(1);
    if (this.#root !== '' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    const descriptor = this.#try(() => openSync(`/proc/${pid}/${part}`, openFlags | O_NOFOLLOW));
    return descriptor === undefined ? undefined : this.#openFile(descriptor);
  }

  list(path: string): readonly string[] | undefined {
    return this.#at(path, true, (host) => readNames(host, () => this.#meter.addPaths(1)));
  }

  entries(path: string): readonly DirectoryEntry[] | undefined {
    return this.#at(path, true, (host) => readDirectory(host, () => this.#meter.addPaths(1)));
  }

  readLink(path: string): string | undefined {
    return this.#at(path, false, (host) => readlinkSync(host));
  }

  descriptors(pid: string): readonly Descriptor[] | undefined {
    const names = this.list(`/proc/${pid}/fd`);
    const host = this.#hostPath(`/proc/${pid}/fd`, true);
    if (names === undefined || host === undefined) return undefined;
    const count = (): void => this.#meter.addPaths(1);
    return this.#try(() => readDescriptors(host, names, count, (link) => this.#try(link)));
  }

  stat(path: string): FileStat | undefined {
    return this.#at(path, true, (host) => known(statSync(host, statOptions)));
  }

  lstat(path: string): FileStat | undefined {
    return this.#at(path, false, (host) => known(lstatSync(host, statOptions)));
  }

  statfs(path: string): FileSystemStat | undefined {
    return this.#at(path, true, (host) => {
      const stat = statfsSync(host, { bigint: true });
      return {
        block_bytes: Number(stat.bsize),
        blocks: stat.blocks,
        blocks_free: stat.bfree,
        blocks_available: stat.bavail,
        inodes: stat.files,
        inodes_free: stat.ffree,
      };
    });
  }

  realPath(path: string): string | undefined {
    if (this.#root === '') return this.#at(path, true, (host) => realpathSync(host));
    this.#meter.addPaths(1);
    const resolved = this.#try(() => resolveInRoot(this.#root, path, true));
    if (resolved === undefined || this.#try(() => lstatSync(nativePath(resolved))) === undefined)
      return undefined;
    return resolved.slice(this.#root.length).replace(/\/$/, '') || '/';
  }

  within(root: string): HostFiles {
    return new Door(normalRoot(this.#root + root), this.#readMax_bytes, this.#meter);
  }

  #openFile(descriptor: number): OpenFile {
    return {
      stat: () => toFileStat(fstatSync(descriptor, { bigint: true })),
      readAt: (into, offset_bytes) => this.#readAt(descriptor, into, offset_bytes),
      close: () => closeSync(descriptor),
    };
  }

  /** Reads a file into the shared buffer; `take` copies it out, since a large buffer is given up afterwards. */
  #readWhole<T>(path: string, take: (length_bytes: number) => T): T | undefined {
    const opened = this.#open(path);
    if (opened === undefined) return undefined;
    const { descriptor } = opened;
    try {
      // One byte more than the file has, so that its end shows without growing.
      if (opened.size_bytes >= shared.length) shared = Buffer.allocUnsafeSlow(opened.size_bytes + 1);
      let total = 0;
      for (;;) {
        if (total === shared.length) shared = grown(shared);
        const offset = total;
        const length = this.#try(() => readSync(descriptor, shared, offset, shared.length - offset, null));
        if (length === undefined) return undefined;
        if (length === 0) return take(total);
        total += length;
        if (this.#isTooLarge(path, total)) return undefined;
        this.#meter.addBytes(length);
      }
    } finally {
      closeSync(descriptor);
      if (shared.length > 16 * chunk_bytes) shared = Buffer.allocUnsafe(chunk_bytes);
    }
  }

  /** Fills the buffer of `readChunks` and returns how much came: less than it holds only at the end of the file. */
  #fill(descriptor: number): number | undefined {
    for (let filled = 0; ; ) {
      const offset = filled;
      const length = this.#try(() => readSync(descriptor, piece, offset, piece.length - offset, null));
      if (length === undefined) return undefined;
      filled += length;
      this.#meter.addBytes(length);
      if (length === 0 || filled === piece.length) return filled;
    }
  }

  #readAt(descriptor: number, into: Uint8Array, offset_bytes: number): number | undefined {
    for (let filled = 0; ; ) {
      const at = filled;
      const length = this.#try(() => readSync(descriptor, into, at, into.length - at, offset_bytes + at));
      if (length === undefined) return undefined;
      filled += length;
      this.#meter.addBytes(length);
      if (length === 0 || filled === into.length) return filled;
    }
  }

  /** Opens what is safe to read. Between stat and open the file may be swapped: fstat tells. */
  #open(
    path: string,
    part: 'whole' | 'part' = 'whole',
  ): { readonly descriptor: number; readonly size_bytes: number } | undefined {
    this.#meter.addPaths(1);
    const host = this.#hostPath(path, true);
    if (host === undefined) return undefined;
    if (this.#root === '' && isProcessFile(host)) {
      const descriptor = this.#try(() => openSync(host, openFlags | O_NOFOLLOW));
      return descriptor === undefined ? undefined : { descriptor, size_bytes: 0 };
    }
    if (isForbidden(host)) {
      this.#meter.addRefused();
      return undefined;
    }
    const native = nativePath(host);
    const before = this.#try(() => statSync(native, statOptions));
    if (before === undefined) return undefined;
    const isProcessor = part === 'part' && this.#root === '' && isProcessorDevice(host, before);
    if (!isProcessor && !this.#isReadable(path, before, part)) return undefined;
    const descriptor = this.#try(() => openSync(native, openFlags));
    if (descriptor === undefined) return undefined;
    const after = fstatSync(descriptor, { bigint: true });
    const isSame = after.dev === before.dev && after.ino === before.ino && after.rdev === before.rdev;
    if (isSame && (after.isFile() || isProcessor)) return { descriptor, size_bytes: Number(before.size) };
    closeSync(descriptor);
    this.#meter.addRefused();
    return undefined;
  }

  #isReadable(path: string, stat: BigIntStats, part: 'whole' | 'part'): boolean {
    if (!stat.isFile()) {
      if (!stat.isDirectory()) this.#meter.addRefused();
      return false;
    }
    return part === 'part' || !this.#isTooLarge(path, Number(stat.size));
  }

  /** Notes the path, as it is below the root of this host, if so. */
  #isTooLarge(path: string, size_bytes: number): boolean {
    if (size_bytes <= this.#readMax_bytes) return false;
    this.#meter.addTooLarge(this.#root + path);
    return true;
  }

  /** Counts the path and calls with its place on this host. */
  #at<T>(path: string, followLast: boolean, call: (host: string | Buffer) => T): T | undefined {
    this.#meter.addPaths(1);
    const host = this.#hostPath(path, followLast);
    return host === undefined ? undefined : this.#try(() => call(nativePath(host)));
  }

  #hostPath(path: string, followLast: boolean): string | undefined {
    // A NUL would end the path early in the kernel and throws in Node: no file has such a name.
    if (path.includes('\0')) return undefined;
    return this.#root === '' ? path : this.#try(() => resolveInRoot(this.#root, path, followLast));
  }

  /** What the host says no to is no exception; what it denies is counted. */
  #try<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      if (error.code === 'EACCES' || error.code === 'EPERM') this.#meter.addDenied();
      return undefined;
    }
  }
}

const known = (stat: BigIntStats | undefined): FileStat | undefined =>
  stat === undefined ? undefined : toFileStat(stat);

const grown = (buffer: Buffer): Buffer => {
  const larger = Buffer.allocUnsafe(buffer.length * 2);
  buffer.copy(larger);
  return larger;
};

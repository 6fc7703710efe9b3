import type { CLibraryHost } from '../../platform/node/c-library-host.ts';
import type { WasmMemory } from './wasm-memory.ts';

/**
 * The system calls under the C library that SQLite was compiled with: of musl's own (`env`, a negative errno on
 * failure) and of WASI preview 1 (a positive errno). SQLite here keeps everything in memory, so there is no file
 * system to call: all it gets are the time and random bytes, the latter as the one file that it may open.
 */
export interface CLibraryImports {
  readonly env: Readonly<Record<string, unknown>>;
  readonly wasi_snapshot_preview1: Readonly<Record<string, unknown>>;
}

/** What the calls work with; the memory exists only after the instance, which needs the calls. */
export interface CLibraryParts {
  readonly host: CLibraryHost;
  readonly memory: () => WasmMemory;
  /** Makes memory at least so large; false leaves it as it is, and malloc answers NULL. */
  readonly growTo: (wanted_bytes: number) => boolean;
  readonly max_bytes: number;
}

/** Error numbers of WASI preview 1, which this C library uses throughout. */
const errno = { badDescriptor: 8, noEntry: 44, notSupported: 52 } as const;
const randomDevice = '/dev/urandom';
/** The only descriptor that is ever open. */
const randomFd = 3;

/** Offsets of the 32-bit fields of `struct tm`. */
const tm = {
  second: 0,
  minute: 4,
  hour: 8,
  dayOfMonth: 12,
  month: 16,
  year: 20,
  dayOfWeek: 24,
  dayOfYear: 28,
  isDst: 32,
  offset_s: 36,
} as const;

/** The imports of the module, but for its memory. */
export const cLibrary = ({ host, memory, growTo, max_bytes }: CLibraryParts): CLibraryImports => {
  const refused = (): number => -errno.notSupported;
  const unsupported = (): number => errno.notSupported;

  /** readv(2) of random bytes: the vector has a pointer and a length for each part. */
  const readRandom = (fd: number, vector: number, parts: number, read: number): number => {
    if (fd !== randomFd) return errno.badDescriptor;
    const { bytes, view } = memory();
    let total_bytes = 0;
    for (let at = vector; at < vector + parts * 8; at += 8) {
      const start = view.getUint32(at, true);
      const length = view.getUint32(at + 4, true);
      host.fillRandom(bytes.subarray(start, start + length));
      total_bytes += length;
    }
    view.setUint32(read, total_bytes, true);
    return 0;
  };

  const localTime = (unix_s: bigint, pointer: number): void => {
    const time = host.localTime(Number(unix_s) * 1000);
    const { view } = memory();
    const set = (offset: number, value: number): void => view.setInt32(pointer + offset, value, true);
    set(tm.second, time.second);
    set(tm.minute, time.minute);
    set(tm.hour, time.hour);
    set(tm.dayOfMonth, time.dayOfMonth);
    set(tm.month, time.month);
    set(tm.year, time.year - 1900);
    set(tm.dayOfWeek, time.dayOfWeek);
    set(tm.dayOfYear, time.dayOfYear);
    // SQLite does not look at it, and the offset already counts it.
    set(tm.isDst, -1);
    set(tm.offset_s, time.offset_s);
  };

  const environSizes = (count: number, length: number): number => {
    const { view } = memory();
    view.setUint32(count, 0, true);
    view.setUint32(length, 0, true);
    return 0;
  };

  return {
    env: {
      __syscall_faccessat: refused,
      __syscall_fchmod: refused,
      __syscall_chmod: refused,
      __syscall_fchown32: refused,
      __syscall_fcntl64: refused,
      __syscall_openat: (_directory: number, path: number) =>
        memory().cString(path) === randomDevice ? randomFd : -errno.noEntry,
      __syscall_ioctl: refused,
      __syscall_fstat64: refused,
      __syscall_stat64: refused,
      __syscall_newfstatat: refused,
      __syscall_lstat64: refused,
      __syscall_ftruncate64: refused,
      __syscall_getcwd: refused,
      __syscall_mkdirat: refused,
      __syscall_readlinkat: refused,
      __syscall_rmdir: refused,
      __syscall_unlinkat: refused,
      __syscall_utimensat: refused,
      _munmap_js: refused,
      _mmap_js: refused,
      _tzset_js: () => {},
      _localtime_js: localTime,
      emscripten_date_now: () => host.unixMs(),
      emscripten_get_now: () => host.monotonicMs(),
      emscripten_get_heap_max: () => max_bytes,
      // A size of 2 GiB and more comes as a negative number.
      emscripten_resize_heap: (wanted_bytes: number) => (growTo(wanted_bytes >>> 0) ? 1 : 0),
    },
    wasi_snapshot_preview1: {
      fd_close: (fd: number) => (fd === randomFd ? 0 : errno.badDescriptor),
      fd_write: unsupported,
      fd_read: readRandom,
      fd_sync: unsupported,
      fd_seek: unsupported,
      fd_fdstat_get: unsupported,
      environ_sizes_get: environSizes,
      environ_get: () => 0,
      clock_time_get: unsupported,
    },
  };
};

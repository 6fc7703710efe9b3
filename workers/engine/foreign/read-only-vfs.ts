import type { HostFiles, OpenFile } from '../../../protocol/host-files.ts';
import { result } from '../codes.ts';
import type { Pointer, RawSqlite } from '../raw-sqlite.ts';
import { layout } from '../struct-layout.ts';
import type { Signature } from '../wasm-callbacks.ts';

/** The name under which SQLite knows it. */
const vfsName = 'leash-read-only';
/** Our number of the file stands behind SQLite's own part of the struct. */
const fileNumber = layout.sqlite3_file.size;
const file_bytes = fileNumber + 4;
const pathMax_bytes = 64;

/** SQLITE_OPEN_READONLY, SQLITE_OPEN_WAL */
const openReadOnly = 0x1;
const openWal = 0x80000;
/** What is no error of ours: another VFS would answer the same. */
const code = { readOnly: 8, ioError: 10, notFound: 12, cannotOpen: 14, shortRead: 522 } as const;
const sector_bytes = 4096;

/** A database of the host: a door and a path in it. */
interface Mounted {
  readonly files: HostFiles;
  readonly path: string;
}

/**
 * A VFS of SQLite (https://sqlite.org/vfs.html) over the file door. It has no shared memory, so a database in WAL mode
 * is read under an exclusive lock, which here is none: SQLite keeps the index of the log to itself then. Every write,
 * lock and deletion is refused or has no effect. Paths do not pass through SQLite, which takes UTF-8 alone: a database
 * is mounted under a number, and what lies beside it is known by its suffix.
 */
export class ReadOnlyVfs {
  readonly #sqlite: RawSqlite;
  readonly #mounted = new Map<string, Mounted>();
  readonly #open = new Map<number, OpenFile | undefined>();
  readonly #methods: Pointer;
  /** Its name as SQLite takes it. */
  readonly name: Pointer;
  #lastNumber = 0;
  #thrown: Error | undefined;

  constructor(sqlite: RawSqlite) {
    this.#sqlite = sqlite;
    this.#methods = this.#buildMethods();
    this.name = sqlite.memory.allocateText(vfsName).pointer;
    sqlite.exports.sqlite3_vfs_register(this.#buildVfs(), 0);
  }

  /** Makes a database known; gives the name that SQLite opens it by. */
  mount(files: HostFiles, path: string): string {
    this.#lastNumber += 1;
    const name = `/${this.#lastNumber}`;
    this.#mounted.set(name, { files, path });
    return name;
  }

  unmount(name: string): void {
    this.#mounted.delete(name);
  }

  /** Throws what a callback had to keep to itself, such as a used-up budget. */
  rethrow(): void {
    const thrown = this.#thrown;
    this.#thrown = undefined;
    if (thrown !== undefined) throw thrown;
  }

  /** Time and randomness are those of SQLite's own VFS: what is not replaced is copied from it. */
  #buildVfs(): Pointer {
    const { exports, memory } = this.#sqlite;
    const offsets = layout.sqlite3_vfs;
    const usual = exports.sqlite3_vfs_find(0);
    const vfs = memory.allocate(offsets.size);
    memory.bytes.copyWithin(vfs, usual, usual + offsets.size);
    const set = (member: keyof typeof offsets, value: number): void => {
      memory.int32[(vfs + offsets[member]) >> 2] = value;
    };
    set('szOsFile', file_bytes);
    set('mxPathname', pathMax_bytes);
    set('pNext', 0);
    set('zName', this.name);
    set('xOpen', this.#install('i(pppip)', this.#openFile));
    set(
      'xDelete',
      this.#install('i(ppi)', () => code.ioError),
    );
    set('xAccess', this.#install('i(ppip)', this.#access));
    set('xFullPathname', this.#install('i(ppip)', this.#fullPathname));
    return vfs;
  }

  #buildMethods(): Pointer {
    const { memory } = this.#sqlite;
    const offsets = layout.sqlite3_io_methods;
    const methods = memory.allocate(offsets.size);
    memory.bytes.fill(0, methods, methods + offsets.size);
    const set = (member: keyof typeof offsets, value: number): void => {
      memory.int32[(methods + offsets[member]) >> 2] = value;
    };
    const always = (signature: Signature, answer: number): Pointer => this.#install(signature, () => answer);
    set('iVersion', 1);
    set('xClose', this.#install('i(p)', this.#close));
    set('xRead', this.#install('i(ppij)', this.#read));
    set('xWrite', always('i(ppij)', code.readOnly));
    set('xTruncate', always('i(pj)', code.readOnly));
    set('xSync', always('i(pi)', result.ok));
    set('xFileSize', this.#install('i(pp)', this.#fileSize));
    set('xLock', always('i(pi)', result.ok));
    set('xUnlock', always('i(pi)', result.ok));
    set('xCheckReservedLock', this.#install('i(pp)', this.#checkReservedLock));
    set('xFileControl', always('i(pip)', code.notFound));
    set('xSectorSize', always('i(p)', sector_bytes));
    set('xDeviceCharacteristics', always('i(p)', 0));
    return methods;
  }

  /** Nothing may be thrown through SQLite: what is thrown is kept, and SQLite hears of an I/O error. */
  #install<Args extends never[]>(signature: Signature, callback: (...args: Args) => number): Pointer {
    return this.#sqlite.install(signature, (...args: Args): number => {
      try {
        return callback(...args);
      } catch (error) {
        this.#thrown ??= error instanceof Error ? error : new Error(String(error));
        return code.ioError;
      }
    });
  }

  /** A log that is not there is one that is empty: SQLite would make it. Temporary files have no name, and no place here. */
  readonly #openFile = (
    _vfs: Pointer,
    name: Pointer,
    file: Pointer,
    flags: number,
    outFlags: Pointer,
  ): number => {
    const { memory } = this.#sqlite;
    // Without methods SQLite does not close what failed to open.
    memory.int32[file >> 2] = 0;
    const found = this.#find(name);
    const opened = found?.files.open(found.path);
    if (opened === undefined && (found === undefined || (flags & openWal) === 0)) return code.cannotOpen;
    this.#lastNumber += 1;
    this.#open.set(this.#lastNumber, opened);
    memory.int32[file >> 2] = this.#methods;
    memory.int32[(file + fileNumber) >> 2] = this.#lastNumber;
    if (outFlags !== 0) memory.int32[outFlags >> 2] = (flags & ~0x6) | openReadOnly;
    return result.ok;
  };

  readonly #close = (file: Pointer): number => {
    const number = this.#numberOf(file);
    this.#open.get(number)?.close();
    this.#open.delete(number);
    return result.ok;
  };

  /** What lies beyond the end of the file is zeros, as SQLite wants it. */
  readonly #read = (file: Pointer, into: Pointer, count: number, offset: bigint): number => {
    const { memory } = this.#sqlite;
    const opened = this.#open.get(this.#numberOf(file));
    const bytes = memory.bytes.subarray(into, into + count);
    const length = opened === undefined ? 0 : opened.readAt(bytes, Number(offset));
    if (length === undefined) return code.ioError;
    if (length === count) return result.ok;
    memory.bytes.fill(0, into + length, into + count);
    return code.shortRead;
  };

  readonly #fileSize = (file: Pointer, out: Pointer): number => {
    const size_bytes = this.#open.get(this.#numberOf(file))?.stat().size_bytes ?? 0n;
    this.#sqlite.memory.view.setBigInt64(out, size_bytes, true);
    return result.ok;
  };

  /** Who else holds a lock is not looked for. */
  readonly #checkReservedLock = (_file: Pointer, out: Pointer): number => {
    this.#sqlite.memory.int32[out >> 2] = 0;
    return result.ok;
  };

  readonly #access = (_vfs: Pointer, name: Pointer, _flags: number, out: Pointer): number => {
    const found = this.#find(name);
    const stat = found?.files.stat(found.path);
    this.#sqlite.memory.int32[out >> 2] = stat === undefined ? 0 : 1;
    return result.ok;
  };

  readonly #fullPathname = (_vfs: Pointer, name: Pointer, room: number, out: Pointer): number => {
    const { memory } = this.#sqlite;
    const length_bytes = memory.cString(name).length;
    if (length_bytes >= room) return code.cannotOpen;
    memory.bytes.copyWithin(out, name, name + length_bytes + 1);
    return result.ok;
  };

  #find(name: Pointer): Mounted | undefined {
    const [, mounted = '', suffix = ''] =
      /^(\/\d+)(-wal|-journal)?$/.exec(this.#sqlite.memory.cString(name)) ?? [];
    const database = this.#mounted.get(mounted);
    return database === undefined ? undefined : { ...database, path: database.path + suffix };
  }

  #numberOf(file: Pointer): number {
    return this.#sqlite.memory.int32[(file + fileNumber) >> 2] ?? 0;
  }
}

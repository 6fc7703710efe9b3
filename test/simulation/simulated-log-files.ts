import type { LogFile, LogFiles } from '../../platform/log-files.ts';

/** What was appended, piece by piece: a file is written often and read seldom. */
interface Content {
  readonly inode: string;
  pieces: Buffer[];
  size_bytes: number;
  /** What a loss of power leaves. */
  synced_bytes: number;
}

const device = '1';

/** Log files in memory, on a disk of which somebody may say how much is left, beside somebody's logrotate. */
export class SimulatedLogFiles implements LogFiles {
  readonly #files = new Map<string, Content>();
  #nextInode = 1;
  /** Bytes that the disk still takes. */
  free_bytes: number = Number.POSITIVE_INFINITY;

  look(path: string): LogFile | undefined {
    const file = this.#files.get(path);
    return file === undefined ? undefined : { path, device, inode: file.inode, size_bytes: file.size_bytes };
  }

  findMoved(_path: string, onDevice: string, inode: string): LogFile | undefined {
    for (const [path, file] of this.#files)
      if (onDevice === device && file.inode === inode) return this.look(path);
    return undefined;
  }

  read(path: string, offset_bytes: number, length: number): Buffer {
    const file = this.#files.get(path);
    if (file === undefined) throw new Error(`ENOENT: ${path}`);
    return Buffer.concat(file.pieces).subarray(offset_bytes, offset_bytes + length);
  }

  append(
    path: string,
    bytes: Buffer,
    _mode: number,
  ): { readonly written: number; readonly problem: string | undefined } {
    const written = this.write(path, bytes);
    this.sync(path);
    return {
      written,
      problem: written < bytes.length ? `${path} cannot be written: ENOSPC.` : undefined,
    };
  }

  /** The first half of an append: what a process that dies in it leaves behind. */
  write(path: string, bytes: Buffer): number {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = { inode: String(this.#nextInode), pieces: [], size_bytes: 0, synced_bytes: 0 };
      this.#nextInode += 1;
      this.#files.set(path, file);
    }
    const written = Math.min(bytes.length, this.free_bytes);
    file.pieces.push(bytes.subarray(0, written));
    file.size_bytes += written;
    this.free_bytes -= written;
    return written;
  }

  sync(path: string): void {
    const file = this.#files.get(path);
    if (file !== undefined) file.synced_bytes = file.size_bytes;
  }

  losePower(): void {
    for (const file of this.#files.values()) {
      file.pieces = [Buffer.concat(file.pieces).subarray(0, file.synced_bytes)];
      file.size_bytes = file.synced_bytes;
    }
  }

  /** Renames every log that is being written, as logrotate does; the next line begins a new file. */
  rotate(): void {
    for (const [path, file] of [...this.#files]) {
      if (!path.endsWith('.log')) continue;
      this.#files.delete(path);
      this.#files.set(`${path}.${file.inode.padStart(6, '0')}`, file);
    }
  }

  /** All that was ever written to a log, through every rotation. */
  text(path: string): string {
    const parts = [...this.#files]
      .filter(([name]) => name.startsWith(path))
      .toSorted(([, one], [, other]) => Number(one.inode) - Number(other.inode));
    return parts.map(([, { pieces }]) => Buffer.concat(pieces).toString()).join('');
  }
}

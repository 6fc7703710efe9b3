import type { LogFile, LogFiles } from '../../platform/log-files.ts';
import type { LogPosition, ResultsStore, SpooledLine } from '../../platform/results-store.ts';

/** Bytes that are appended at once; a kill between two batches costs at most one comparison at the next start. */
const batch_bytes = 1024 * 1024;

/** Where a log's lines go. */
export interface FileSinkOptions {
  /** Its name in the store. */
  readonly sink: string;
  readonly path: string;
  /** File mode of a new log, e.g. 0o600. */
  readonly mode: number;
}

/** What a delivery did. Notices are sentences for the status log. */
export interface SinkDelivery {
  readonly delivered: number;
  readonly problem: string | undefined;
  readonly notices: readonly string[];
}

/**
 * Appends spooled lines to a file and acknowledges them once they are on the disk, so that a loss of power takes none.
 * What lies behind the acknowledged offset was written by us
 * and not acknowledged (a kill in between), or is a line that a full disk tore: it is compared with the head of the
 * spool, so that nothing is written twice and a torn line is completed.
 */
export class FileSink {
  readonly #options: FileSinkOptions;
  readonly #store: ResultsStore;
  readonly #files: LogFiles;
  #delivered = 0;
  #notices: string[] = [];

  constructor(options: FileSinkOptions, store: ResultsStore, files: LogFiles) {
    this.#options = options;
    this.#store = store;
    this.#files = files;
  }

  /** Delivers all that waits, as far as the file takes it. */
  deliver(): SinkDelivery {
    this.#delivered = 0;
    this.#notices = [];
    let problem: string | undefined;
    try {
      problem = this.#reconcile() ?? this.#append();
    } catch (error) {
      problem = `${this.#options.path}: ${error instanceof Error ? error.message : String(error)}.`;
    }
    return { delivered: this.#delivered, problem, notices: this.#notices };
  }

  /** Brings the stored position and the files together. */
  #reconcile(): string | undefined {
    const { sink, path } = this.#options;
    const position = this.#store.position(sink);
    const file = this.#files.look(path);
    if (position === undefined) return file === undefined ? undefined : this.#settle(file, 0);
    if (file !== undefined && isAt(file, position)) return this.#settle(file, position.offset_bytes);
    const moved = this.#files.findMoved(path, position.device, position.inode);
    if (moved !== undefined) {
      const problem = this.#settle(moved, position.offset_bytes);
      if (problem !== undefined) return problem;
    } else {
      this.#notices.push(
        `${path} was deleted or replaced; lines that were in it are gone, no other line is.`,
      );
    }
    return file === undefined ? undefined : this.#settle(file, 0);
  }

  /** Acknowledges what the file holds behind `offset`, and completes a torn line. */
  #settle(file: LogFile, offset_bytes: number): string | undefined {
    if (file.size_bytes < offset_bytes) {
      this.#notices.push(
        `${file.path} was cut short by somebody else; lines that were cut off are not written again.`,
      );
      this.#acknowledge(file, file.size_bytes, undefined);
      return undefined;
    }
    if (offset_bytes < file.size_bytes) this.#files.sync(file.path);
    let position = offset_bytes;
    while (position < file.size_bytes) {
      const lines = this.#store.head(this.#options.sink, batch_bytes);
      const tail = this.#files.read(
        file.path,
        position,
        Math.min(file.size_bytes - position, 2 * batch_bytes),
      );
      const match = matchHead(tail, lines);
      if (match.lines === 0) return this.#settleTail(file, position, tail, lines[0]);
      position += match.bytes;
      this.#acknowledge(file, position, lines[match.lines - 1]?.id);
      this.#delivered += match.lines;
    }
    this.#acknowledge(file, position, undefined);
    return undefined;
  }

  /** The rest of a file that holds no whole line of ours: a torn one, or what somebody else wrote. */
  #settleTail(
    file: LogFile,
    position: number,
    tail: Buffer,
    next: SpooledLine | undefined,
  ): string | undefined {
    const whole = next === undefined ? undefined : Buffer.from(`${next.line}\n`);
    if (next === undefined || whole === undefined || !whole.subarray(0, tail.length).equals(tail)) {
      // Before the first acknowledgement what the file holds is from another life: nothing to say about it.
      if (position > 0)
        this.#notices.push(`${file.path} holds lines that Leash did not write; a line may be there twice.`);
      return this.#acknowledgeForeign(file);
    }
    const { written, problem } = this.#files.append(
      file.path,
      whole.subarray(tail.length),
      this.#options.mode,
    );
    if (tail.length + written < whole.length) return problem;
    this.#acknowledge(file, position + whole.length, next.id);
    this.#delivered += 1;
    return problem;
  }

  /** A torn line that nobody can complete is ended, so that the next one stands on a line of its own. */
  #acknowledgeForeign(file: LogFile): string | undefined {
    let { size_bytes } = file;
    if (this.#isTorn(file)) {
      const { written, problem } = this.#files.append(file.path, Buffer.from('\n'), this.#options.mode);
      if (written === 0) return problem;
      size_bytes += written;
    }
    this.#acknowledge(file, size_bytes, undefined);
    return undefined;
  }

  #isTorn({ path, size_bytes }: LogFile): boolean {
    return this.#files.read(path, size_bytes - 1, 1).toString('latin1') !== '\n';
  }

  #append(): string | undefined {
    const { sink, path, mode } = this.#options;
    for (;;) {
      const lines = this.#store.head(sink, batch_bytes);
      if (lines.length === 0) return undefined;
      const before = this.#files.look(path);
      if (before === undefined) {
        const unbegun = this.#begin();
        if (unbegun !== undefined) return unbegun;
        continue;
      }
      const bytes = Buffer.from(lines.map(({ line }) => `${line}\n`).join(''));
      const { written, problem } = this.#files.append(path, bytes, mode);
      const after = this.#files.look(path);
      if (after === undefined) return problem ?? `${path} vanished while it was written.`;
      const match = matchHead(bytes.subarray(0, written), lines);
      const start = before.inode === after.inode ? before.size_bytes : 0;
      if (match.lines > 0) {
        this.#acknowledge(after, start + match.bytes, lines[match.lines - 1]?.id);
        this.#delivered += match.lines;
      }
      if (problem !== undefined) return problem;
    }
  }

  /**
   * A new log is known to the store before its first line. Else lines that were written and not acknowledged would be
   * written again when somebody moved the file meanwhile. Returns what stands in the way.
   */
  #begin(): string | undefined {
    const { path, mode } = this.#options;
    const { problem } = this.#files.append(path, Buffer.alloc(0), mode);
    const file = this.#files.look(path);
    if (file === undefined) return problem ?? `${path} vanished when it was begun.`;
    this.#acknowledge(file, 0, undefined);
    return problem;
  }

  #acknowledge(file: LogFile, offset_bytes: number, lastId: number | undefined): void {
    this.#store.acknowledge(this.#options.sink, lastId, {
      device: file.device,
      inode: file.inode,
      offset_bytes,
    });
  }
}

const isAt = (file: LogFile, position: LogPosition): boolean =>
  file.device === position.device && file.inode === position.inode;

/** How many whole lines of the spool's head the bytes begin with. */
const matchHead = (
  bytes: Buffer,
  lines: readonly SpooledLine[],
): { readonly lines: number; readonly bytes: number } => {
  let position = 0;
  let count = 0;
  for (const { line } of lines) {
    const expected = Buffer.from(`${line}\n`);
    if (!bytes.subarray(position, position + expected.length).equals(expected)) break;
    position += expected.length;
    count += 1;
  }
  return { lines: count, bytes: position };
};

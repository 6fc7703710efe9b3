import { readSync, writeSync, writevSync } from 'node:fs';

const chunk_bytes = 64 * 1024;
/** Only for a descriptor that somebody made non-blocking: then it is polled this often. */
const poll_ms = 1;
const nothing: Uint8Array = new Uint8Array(0);

/**
 * Reads and writes an inherited descriptor and blocks meanwhile: a synchronous process needs no loop to talk.
 * A peer that is gone shows as the end of input, in both directions.
 */
export class BlockingPipe {
  readonly #fd: number;
  readonly #chunk: Buffer = Buffer.allocUnsafeSlow(chunk_bytes);
  readonly #sleep = new Int32Array(new SharedArrayBuffer(4));

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The next bytes, valid until the next call; undefined when the peer is gone. */
  read(): Buffer | undefined {
    const length = this.#retried(() => readSync(this.#fd, this.#chunk, 0, chunk_bytes, null));
    return length === undefined || length === 0 ? undefined : this.#chunk.subarray(0, length);
  }

  /** Writes all parts in order; false when the peer is gone. */
  write(...parts: readonly Uint8Array[]): boolean {
    let rest = parts.filter((part) => part.length > 0);
    while (rest.length > 0) {
      const left = rest;
      const written = this.#retried(() => writevSync(this.#fd, left));
      if (written === undefined) return false;
      rest = after(rest, written);
    }
    return true;
  }

  /** Whether the peer's end is open. A write of nothing to a socket fails like any other when it is not (unix(7)). */
  isOpen(): boolean {
    return this.#retried(() => writeSync(this.#fd, nothing)) !== undefined;
  }

  /** Runs a call until it is neither interrupted nor told to come again; undefined when the peer is gone. */
  #retried(call: () => number): number | undefined {
    for (;;) {
      try {
        return call();
      } catch (error) {
        const code = codeOf(error);
        if (code === 'EAGAIN') Atomics.wait(this.#sleep, 0, 0, poll_ms);
        else if (code === 'EPIPE' || code === 'ECONNRESET') return undefined;
        else if (code !== 'EINTR') throw error;
      }
    }
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** The parts without their first `written` bytes. */
const after = (parts: readonly Uint8Array[], written: number): Uint8Array[] => {
  let skip = written;
  return parts.flatMap((part) => {
    const cut = Math.min(skip, part.length);
    skip -= cut;
    return cut === part.length ? [] : [part.subarray(cut)];
  });
};

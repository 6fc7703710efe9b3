import type { Readable } from 'node:stream';

/** What is kept of a program's output: enough for the last words of a crash in any language. */
const kept_bytes = 16 * 1024;
/** A program that writes more than this at a time waits for its reader, which rests: it costs the guard nothing. */
const burst_bytes = 256 * 1024;
const rest_ms = 100;

/** Reads what a program writes and remembers the last of it. */
export class OutputTail {
  readonly #streams: readonly Readable[];
  #chunks: Buffer[] = [];
  #held_bytes = 0;
  #burst_bytes = 0;
  #resting: NodeJS.Timeout | undefined;

  constructor(streams: readonly Readable[]) {
    this.#streams = streams;
    for (const stream of streams) {
      stream.on('data', (chunk: Buffer) => this.#take(chunk));
      // A pipe that breaks is the end of the program; its exit is told elsewhere.
      stream.on('error', () => undefined);
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-kept_bytes).toString();
  }

  /** Reads no more. Descendants that still write find nobody there. */
  close(): void {
    clearTimeout(this.#resting);
    for (const stream of this.#streams) stream.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held_bytes += chunk.length;
    if (this.#held_bytes > 4 * kept_bytes) {
      this.#chunks = [Buffer.concat(this.#chunks).subarray(-kept_bytes)];
      this.#held_bytes = kept_bytes;
    }
    this.#burst_bytes += chunk.length;
    if (this.#resting === undefined && this.#burst_bytes > burst_bytes) this.#rest();
  }

  #rest(): void {
    for (const stream of this.#streams) stream.pause();
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#burst_bytes = 0;
      for (const stream of this.#streams) stream.resume();
    }, rest_ms);
  }
}

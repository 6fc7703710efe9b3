import type { Channel, ChannelListener, OpenChannel } from '../../../platform/channel.ts';
import type { Clock } from '../../../platform/clock.ts';

/** One end of a channel in memory, as a test meddles with it. What it writes travels until the other end has it. */
export class MemoryEnd {
  /** More than that in transit, and the channel says that it is full. */
  capacity_bytes: number = 64 * 1024;
  /** How many bytes the other end gets in one go. */
  piece_bytes: number = Number.POSITIVE_INFINITY;
  /** Nothing of what it writes arrives. */
  isHeld = false;
  /** Of all that it ever wrote. */
  written_bytes = 0;
  readonly #clock: Clock;
  #peer: MemoryEnd | undefined;
  /** Who opened this end. */
  listener: ChannelListener | undefined;
  #inTransit: Buffer = Buffer.alloc(0);
  #isFull = false;
  #isPaused = false;
  #hasHungUp = false;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  static pair(clock: Clock): readonly [MemoryEnd, MemoryEnd] {
    const [left, right] = [new MemoryEnd(clock), new MemoryEnd(clock)];
    left.#peer = right;
    right.#peer = left;
    return [left, right];
  }

  get inTransit_bytes(): number {
    return this.#inTransit.length;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  readonly open: OpenChannel = (listener): Channel => {
    this.listener = listener;
    return {
      write: (bytes) => this.#write(Buffer.from(bytes)),
      pauseReading: () => {
        this.#isPaused = true;
      },
      resumeReading: () => {
        this.#isPaused = false;
        this.#peer?.flow();
      },
      close: () => {
        this.#hasHungUp = true;
        this.flow();
      },
    };
  };

  /** Lets what is held arrive, a piece at a time. */
  release(): void {
    this.isHeld = false;
    this.flow();
  }

  /** The other end gets the next so many bytes, held or not. */
  arrive(bytes: number): void {
    const arriving = this.#inTransit.subarray(0, bytes);
    this.#inTransit = this.#inTransit.subarray(arriving.length);
    if (arriving.length > 0) this.#peer?.listener?.received(arriving);
    if (this.#isFull && this.#inTransit.length < this.capacity_bytes) {
      this.#isFull = false;
      this.listener?.drained();
    }
  }

  /** The other end gets bytes that nobody wrote. */
  forge(bytes: Uint8Array): void {
    this.#peer?.listener?.received(Buffer.from(bytes));
  }

  /** What is in transit, for a test that sends it again. */
  intercepted(): Buffer {
    return Buffer.from(this.#inTransit);
  }

  /** Its process dies: what is in transit is lost. */
  die(): void {
    this.#inTransit = Buffer.alloc(0);
    this.close();
    this.#peer?.close();
  }

  flow(): void {
    this.#clock.soon(() => {
      const peer = this.#peer;
      if (this.isHeld || peer === undefined || peer.#isPaused || this.#isClosed) return;
      if (this.#inTransit.length > 0) {
        this.arrive(this.piece_bytes);
        this.flow();
      } else if (this.#hasHungUp) {
        this.close();
        peer.close();
      }
    });
  }

  #write(bytes: Buffer): boolean {
    if (this.#hasHungUp || this.#isClosed) return false;
    this.written_bytes += bytes.length;
    this.#inTransit = Buffer.concat([this.#inTransit, bytes]);
    this.#isFull = this.#inTransit.length >= this.capacity_bytes;
    this.flow();
    return !this.#isFull;
  }

  /** Nothing more goes in or out. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.listener?.closed();
  }
}

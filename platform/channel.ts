/** A stream of bytes to one other process and back. */
export interface Channel {
  /**
   * Sends bytes, which the caller changes no more. They are always taken; false says that the channel is full: write
   * nothing more before `drained`.
   */
  write(bytes: Uint8Array): boolean;
  /** Reads no more, so that the other process finds its end full. */
  pauseReading(): void;
  resumeReading(): void;
  /** Hangs up when what was written has left, and soon in any case: the other process may read no more. */
  close(): void;
}

/** What happens on a channel; nothing before it is open. `closed` is the last call, whoever hung up. */
export interface ChannelListener {
  /** Any part of the stream, as it comes; the bytes stay as they are. */
  received(bytes: Buffer): void;
  drained(): void;
  closed(): void;
}

/** Opens a channel for the one who listens to it. Called once. */
export type OpenChannel = (listener: ChannelListener) => Channel;

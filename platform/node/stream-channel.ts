import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { OpenChannel } from '../channel.ts';
import type { Clock } from '../clock.ts';
import { nodeClock } from './clock.ts';

/** How long the other process may take to read the rest. */
const linger_ms = 2000;

/** A channel over a stream of Node's: a socket, or one end of a socket pair. */
export const streamChannel =
  (stream: Duplex, clock: Pick<Clock, 'after'> = nodeClock): OpenChannel =>
  (listener) => {
    stream.on('data', (bytes: Buffer) => listener.received(bytes));
    stream.on('drain', () => listener.drained());
    // A peer that went away shows as EPIPE or ECONNRESET here; `close` follows and tells it.
    stream.on('error', () => undefined);
    stream.on('close', () => listener.closed());
    return {
      write: (bytes) => stream.write(bytes),
      pauseReading: () => void stream.pause(),
      resumeReading: () => void stream.resume(),
      close: () => {
        if (stream.destroyed) return;
        const lingering = clock.after(linger_ms, () => stream.destroy());
        stream.once('close', () => lingering.cancel());
        stream.end(() => stream.destroy());
      },
    };
  };

/** The channel that a process got from its parent as descriptor `fd`. */
export const inheritedChannel = (fd: number): OpenChannel => streamChannel(new Socket({ fd }));

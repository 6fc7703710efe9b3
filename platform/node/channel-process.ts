import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { OpenChannel } from '../channel.ts';
import type { SpawnFailure } from '../process-host.ts';
import { streamChannel } from './stream-channel.ts';

/** The descriptor that `startChannelProcess` gives its child; there `inheritedChannel` opens it. */
export const channelDescriptor = 3;

/** A process and our end of the channel to it. */
export interface ChannelProcess {
  readonly process: ChildProcess;
  readonly channel: OpenChannel;
}

/** Starts a program of Node's with one end of a socket pair as its descriptor 3; it writes to our standard output. */
export const startChannelProcess = (
  file: string,
  args: readonly string[],
): Result<ChannelProcess, SpawnFailure> => {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  // A failed spawn says why in an event; the missing pid is known at once.
  child.on('error', () => undefined);
  const socket = child.stdio[channelDescriptor];
  if (child.pid !== undefined && socket instanceof Socket)
    return ok({ process: child, channel: streamChannel(socket) });
  return fail({ reason: 'spawn_failed', message: `${process.execPath} ${file} did not start` });
};

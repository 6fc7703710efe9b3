import { type ChildProcess, spawn } from 'node:child_process';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { OpenChannel } from '../channel.ts';
import type { SpawnFailure } from '../process-host.ts';
import { streamOf, whyNotStarted } from './spawned-child.ts';
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
  const socket = streamOf(child, channelDescriptor);
  if (child.pid !== undefined && socket !== undefined)
    return ok({ process: child, channel: streamChannel(socket) });
  return fail({ reason: 'spawn_failed', message: `${process.execPath} ${file}: ${whyNotStarted(child)}` });
};

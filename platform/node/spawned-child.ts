import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Our end of a descriptor of a child. Undefined where there is none: a child that could not be started for want of
 * descriptors has not even a list of them, whatever its type says.
 */
export const streamOf = (child: ChildProcess, descriptor: number): Socket | undefined => {
  const stream = streamsOf(child)?.[descriptor];
  return stream instanceof Socket ? stream : undefined;
};

/** Why a child has no pid, as far as it is known at once: Node tells the rest in an event. */
export const whyNotStarted = (child: ChildProcess): string =>
  streamsOf(child) === undefined
    ? 'the process did not start: too many open files (EMFILE, ENFILE). Raise the limit: ulimit -n, or LimitNOFILE'
    : 'the process did not start';

const streamsOf = (child: ChildProcess): ChildProcess['stdio'] | undefined => child.stdio;

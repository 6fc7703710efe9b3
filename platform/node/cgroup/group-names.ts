import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../../protocol/sample.ts';
import { identify } from '../process-identity.ts';

/** Name of a worker's group: it tells its supervisor, so that what a killed one left is known. */
export const groupName = (supervisor: ProcessIdentity, workerPid: number): string =>
  `leash.${supervisor.pid}.${supervisor.startTicks}.${workerPid}`;

/** Removes the groups of supervisors that are gone. A group with a process in it stays, the kernel sees to that. */
export const sweep = async (parent: string): Promise<void> => {
  for (const name of await readdir(parent)) {
    const [, pid, startTicks] = /^leash\.(\d+)\.(\d+)\.\d+$/.exec(name) ?? [];
    if (pid === undefined || identify(Number(pid))?.startTicks === Number(startTicks)) continue;
    await removeGroup(join(parent, name));
  }
};

/** Removes an empty group. One that is not empty, or was never made, is left to the next sweep. */
export const removeGroup = async (directory: string): Promise<void> => {
  try {
    await rmdir(directory);
  } catch {
    // EBUSY: a process that is blocked in the kernel is still in it. ENOENT: it was never made.
  }
};

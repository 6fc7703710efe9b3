import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../../protocol/sample.ts';
import { pidLimitFile, workerTasks } from './control-files.ts';
import { groupName, removeGroup, sweep } from './group-names.ts';
import { type Controller, controllers } from './places.ts';
import type { GroupParents } from './prepare.ts';
import { type WorkerCgroup, workerCgroup } from './worker-cgroup.ts';

/** Makes groups for workers. */
export interface WorkerCgroups {
  /**
   * Puts a worker, or an extension, into a group of its own, as far as the host allows; undefined when it allows
   * nothing. `tasks`: processes and threads that it may have; for a worker when nothing is said. The kernel takes up to
   * 30 ms for a move (it waits for every CPU), hence a promise.
   */
  adopt(worker: ProcessIdentity, tasks?: number): Promise<WorkerCgroup | undefined>;
}

/** For a host, or a supervisor, without groups. */
export const noCgroups: WorkerCgroups = { adopt: () => Promise.resolve(undefined) };

/** Groups for the workers of a supervisor, below the directories that were prepared for them. */
export const openWorkerCgroups = (
  { version, parents }: GroupParents,
  supervisor: ProcessIdentity,
): WorkerCgroups => {
  const distinct = [...new Set(Object.values(parents))];
  let swept: Promise<unknown> | undefined;
  return {
    adopt: async ({ pid }, tasks = workerTasks) => {
      const directories: Partial<Record<Controller, string>> = {};
      for (const parent of distinct) {
        const directory = join(parent, groupName(supervisor, pid));
        if (!(await moveInto(directory, pid))) continue;
        for (const controller of controllers) {
          if (parents[controller] === parent) directories[controller] = directory;
        }
      }
      if (directories.pids !== undefined) await limitPids(directories.pids, tasks);
      // When the first worker starts, a former supervisor's workers have been ended and left their groups empty.
      swept ??= Promise.all(distinct.map(sweep));
      await swept;
      return Object.keys(directories).length === 0 ? undefined : workerCgroup(version, directories);
    },
  };
};

/** False when the worker is gone already or the host forbids it: then the guard watches alone. */
const moveInto = async (directory: string, pid: number): Promise<boolean> => {
  try {
    await mkdir(directory);
    await writeFile(join(directory, 'cgroup.procs'), String(pid));
    return true;
  } catch {
    await removeGroup(directory);
    return false;
  }
};

/** The sandbox forbids a worker to start processes; this is the kernel's word for it, and an extension's only bound. */
const limitPids = async (directory: string, tasks: number): Promise<void> => {
  try {
    await writeFile(join(directory, pidLimitFile), String(tasks));
  } catch {
    // One rung of several; the permission model stands without it.
  }
};

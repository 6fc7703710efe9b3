import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, fail, ok, type Result } from '../../../protocol/result.ts';
import { type CgroupPlaces, type Controller, controllers } from './places.ts';

/** Directories below which workers' groups may be made, by controller. */
export interface GroupParents {
  readonly version: 1 | 2;
  readonly parents: Readonly<Partial<Record<Controller, string>>>;
}

/** Why no groups can be made; the message says what to do. */
export type CgroupFailure = Failure<'no_cgroup' | 'not_writable' | 'shared_group'>;

/** The group that the supervisor itself moves to in version 2. */
const ownLeaf = 'supervisor';

/**
 * Finds out where groups can be made, and in version 2 makes room for them: there a group either has processes or
 * hands controllers on, so the supervisor moves to a leaf of its own group first. It does so only in a group that
 * is its own alone (`Delegate=yes` under systemd), never in a login session that others share.
 */
export const prepareCgroups = async (
  places: CgroupPlaces | undefined,
  supervisorPid: number,
): Promise<Result<GroupParents, CgroupFailure>> => {
  if (places === undefined) return fail({ reason: 'no_cgroup', message: 'this host has no cgroups' });
  if (places.version === 2) return await delegate(places.directory, supervisorPid);
  const parents: Partial<Record<Controller, string>> = {};
  for (const controller of controllers) {
    const directory = places.directories[controller];
    if (directory !== undefined && isWritable(directory)) parents[controller] = directory;
  }
  if (Object.keys(parents).length > 0) return ok({ version: 1, parents });
  return fail({ reason: 'not_writable', message: 'no cgroup (version 1) of ours may be written' });
};

const isWritable = (directory: string): boolean => {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const delegate = async (
  directory: string,
  supervisorPid: number,
): Promise<Result<GroupParents, CgroupFailure>> => {
  const inside = (file: string): string => join(directory, file);
  try {
    const members = (await readFile(inside('cgroup.procs'), 'utf8')).split('\n').filter((pid) => pid !== '');
    if (members.some((pid) => Number(pid) !== supervisorPid)) {
      return fail({
        reason: 'shared_group',
        message: `other processes live in ${directory}; under systemd run leashd as a service with Delegate=yes`,
      });
    }
    const offered = (await readFile(inside('cgroup.controllers'), 'utf8')).trim().split(' ');
    if (members.length > 0) {
      await mkdir(inside(ownLeaf), { recursive: true });
      await writeFile(join(inside(ownLeaf), 'cgroup.procs'), String(supervisorPid));
    }
    const parents: Partial<Record<Controller, string>> = {};
    for (const controller of controllers) {
      if (!offered.includes(controller)) continue;
      await writeFile(inside('cgroup.subtree_control'), `+${controller}`);
      parents[controller] = directory;
    }
    if (Object.keys(parents).length > 0) return ok({ version: 2, parents });
    return fail({ reason: 'not_writable', message: `${directory} hands on no controller` });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'not_writable', message: `${directory} may not be written: ${why}` });
  }
};

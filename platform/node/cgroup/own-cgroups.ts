import { fail, ok, type Result } from '../../../protocol/result.ts';
import { identify } from '../process-identity.ts';
import { readTextFile } from '../text-file.ts';
import { type CgroupPlaces, cgroupPlaces } from './places.ts';
import { type CgroupFailure, prepareCgroups } from './prepare.ts';
import { openWorkerCgroups, type WorkerCgroups } from './worker-cgroups.ts';

/** Where the groups of this process are; undefined on a host without any. */
export const ownPlaces = (): CgroupPlaces | undefined =>
  cgroupPlaces(readTextFile('/proc/self/cgroup') ?? '', readTextFile('/proc/self/mountinfo') ?? '');

/** Groups for the workers of this process. */
export const openOwnCgroups = async (): Promise<Result<WorkerCgroups, CgroupFailure>> => {
  const own = identify(process.pid);
  if (own === undefined) return fail({ reason: 'no_cgroup', message: 'this host has no /proc' });
  const prepared = await prepareCgroups(ownPlaces(), process.pid);
  return prepared.ok ? ok(openWorkerCgroups(prepared.value, own)) : prepared;
};

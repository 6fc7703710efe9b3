import type { ProcessIdentity } from '../../../protocol/sample.ts';
import type { FamilyLimits, HeldFamily } from '../../process-family.ts';
import { kernelUnits } from '../auxv.ts';
import type { WorkerCgroup } from '../cgroup/worker-cgroup.ts';
import type { WorkerCgroups } from '../cgroup/worker-cgroups.ts';
import { openProcessFamily } from './process-family.ts';
import type { ProcessTable } from './process-table.ts';

/**
 * The family of a leader that was just started, in a cgroup of its own where the host allows one. The move takes the
 * kernel up to 30 ms: what the leader starts before that is found by the other ties only.
 */
export const openHeldFamily = (
  cgroups: WorkerCgroups,
  processes: ProcessTable,
  leader: ProcessIdentity,
  mark: string,
  { memory_bytes, tasks }: FamilyLimits,
): HeldFamily => {
  let group: WorkerCgroup | undefined;
  const adopted = cgroups.adopt(leader, tasks).then((made) => {
    made?.limit({ memory_bytes, cpu_percent: 0 });
    group = made;
  });
  const family = openProcessFamily({
    leader,
    mark,
    processes,
    cgroupMembers: () => group?.members() ?? [],
    ...kernelUnits(),
  });
  return {
    ...family,
    oomKills: () => group?.oomKills() ?? 0,
    release: async () => {
      await adopted;
      await group?.remove();
    },
  };
};

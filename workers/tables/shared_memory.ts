import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { parseSysvipcShm } from '../parsers/sysvipc-shm.ts';

/** Flags beside the permission bits (linux/shm.h). */
const destroyed = 0o1000;
const locked = 0o2000;

/** Owners are there whether /etc/passwd knows them or not; in osquery those whom it does not know are missing. */
export const sharedMemory: Table = defineTable({
  name: 'shared_memory',
  description: 'System V shared memory segments.',
  columns: {
    shmid: integer(),
    owner_uid: bigint(),
    creator_uid: bigint(),
    pid: bigint(),
    creator_pid: bigint(),
    atime: bigint(),
    dtime: bigint(),
    ctime: bigint(),
    permissions: text(),
    size: bigint(),
    attached: integer(),
    status: text(),
    locked: integer(),
  },
  *generate({ files }) {
    for (const segment of parseSysvipcShm(files.readText('/proc/sysvipc/shm') ?? '')) {
      yield {
        shmid: segment.shmid,
        owner_uid: segment.ownerUid,
        creator_uid: segment.creatorUid,
        pid: segment.lastPid,
        creator_pid: segment.creatorPid,
        atime: segment.attachedAt_s,
        dtime: segment.detachedAt_s,
        ctime: segment.changedAt_s,
        // Four octal digits; the flags are in the first one, as osquery has it.
        permissions: (segment.mode & 0o7777).toString(8).padStart(4, '0'),
        size: segment.size_bytes,
        attached: segment.attached,
        // Marked for removal when the last process lets go of it.
        status: (segment.mode & destroyed) === 0 ? '' : 'dest',
        locked: (segment.mode & locked) === 0 ? 0 : 1,
      };
    }
  },
});

/** A System V shared memory segment. Times are Unix seconds, 0 for what never happened. */
export interface SharedMemorySegment {
  readonly shmid: number;
  /** Permission bits and the flags beside them, as in `shm_perm.mode` of shmctl(2). */
  readonly mode: number;
  readonly size_bytes: bigint;
  readonly creatorPid: number;
  readonly lastPid: number;
  readonly attached: number;
  readonly ownerUid: number;
  readonly creatorUid: number;
  readonly attachedAt_s: number;
  readonly detachedAt_s: number;
  readonly changedAt_s: number;
}

const headings = [
  'shmid',
  'perms',
  'size',
  'cpid',
  'lpid',
  'nattch',
  'uid',
  'cuid',
  'atime',
  'dtime',
  'ctime',
] as const;

/**
 * Reads /proc/sysvipc/shm (proc_sysvipc(5)): a heading, then a line of numbers a segment. Columns go by their heading,
 * since kernels differ in how many there are; `perms` is octal. A line that lacks one is left out.
 */
export const parseSysvipcShm = (content: string): SharedMemorySegment[] => {
  const [heading = '', ...lines] = content.split('\n');
  const names = heading.trim().split(/\s+/);
  const places = headings.map((name) => names.indexOf(name));
  return lines.flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [shmid, mode, size, cpid, lpid, nattch, uid, cuid, atime, dtime, ctime] = places.map(
      (place) => words[place],
    );
    const numbers = [shmid, mode, size, cpid, lpid, nattch, uid, cuid, atime, dtime, ctime];
    if (!numbers.every((word) => word !== undefined && /^\d+$/.test(word))) return [];
    return [
      {
        shmid: Number(shmid),
        mode: Number.parseInt(mode ?? '', 8),
        size_bytes: BigInt(size ?? ''),
        creatorPid: Number(cpid),
        lastPid: Number(lpid),
        attached: Number(nattch),
        ownerUid: Number(uid),
        creatorUid: Number(cuid),
        attachedAt_s: Number(atime),
        detachedAt_s: Number(dtime),
        changedAt_s: Number(ctime),
      },
    ];
  });
};

import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { type OpenPipe, pairPipes } from '../host/open-pipes.ts';
import { allProcessIds } from '../host/process-ids.ts';

export const processOpenPipes: Table = defineTable({
  name: 'process_open_pipes',
  description: 'Pipes that processes hold open, a row for each partner at the other end.',
  columns: {
    pid: bigint(),
    fd: bigint(),
    mode: text(),
    inode: bigint(),
    type: text(),
    partner_pid: bigint(),
    partner_fd: bigint(),
    partner_mode: text(),
  },
  *generate({ files }) {
    for (const { pipe, partner } of pairPipes(openPipes(files))) {
      const { device: _, ...row } = pipe;
      yield { ...row, partner_pid: partner?.pid, partner_fd: partner?.fd, partner_mode: partner?.mode };
    }
  },
});

const openPipes = (files: HostFiles): OpenPipe[] =>
  allProcessIds(files).flatMap((pid) =>
    (files.descriptors(pid) ?? []).flatMap(({ fd, target }): OpenPipe[] => {
      const descriptor = `/proc/${pid}/fd/${fd}`;
      const pipe = pipeBehind(files, descriptor, target);
      // A descriptor that is closed meanwhile has no mode, and no row.
      const permissions = pipe === undefined ? undefined : files.lstat(descriptor)?.mode;
      if (pipe === undefined || permissions === undefined) return [];
      return [{ pid: Number(pid), fd, mode: modeOf(permissions), ...pipe }];
    }),
  );

const pipeBehind = (
  files: HostFiles,
  descriptor: string,
  target: string,
): Pick<OpenPipe, 'device' | 'inode' | 'type'> | undefined => {
  const inode = /^pipe:\[(\d+)\]$/.exec(target)?.[1];
  if (inode !== undefined) return { device: 0n, inode: BigInt(inode), type: 'anonymous' };
  if (!target.startsWith('/')) return undefined;
  // Through the descriptor: the path may be another process's idea of the root, or name another file by now.
  const named = files.stat(descriptor);
  return named?.kind === 'fifo' ? { device: named.dev, inode: named.ino, type: 'named' } : undefined;
};

/** The permissions of a descriptor's link tell what it was opened for (proc_pid_fd(5)). */
const modeOf = (permissions: number): string =>
  `${(permissions & 0o444) === 0 ? '' : 'r'}${(permissions & 0o222) === 0 ? '' : 'w'}`;

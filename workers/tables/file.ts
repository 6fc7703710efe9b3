import type { FileKind, FileStat, HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { mountNamespace, namespaceRoots } from '../host/namespaces.ts';
import { selectedPaths } from '../host/selected-paths.ts';

const fromStat = [
  'inode',
  'uid',
  'gid',
  'mode',
  'device',
  'size',
  'block_size',
  'atime',
  'mtime',
  'ctime',
  'hard_links',
  'symlink',
  'type',
  'symlink_target_path',
] as const;

export const file: Table = defineTable({
  name: 'file',
  description: 'Files and what stat(2) tells of them, by path or directory.',
  example:
    "SELECT path, mode, datetime(mtime, 'unixepoch') AS changed FROM file WHERE directory = '/etc' ORDER BY mtime DESC LIMIT 5;",
  columns: {
    path: text({ index: true, required: true, optimized: true }),
    directory: text({ required: true, optimized: true }),
    filename: text(),
    inode: bigint(),
    uid: bigint(),
    gid: bigint(),
    mode: text(),
    device: bigint(),
    size: bigint(),
    block_size: integer(),
    atime: bigint(),
    mtime: bigint(),
    ctime: bigint(),
    btime: bigint(),
    hard_links: integer(),
    symlink: integer(),
    type: text(),
    symlink_target_path: text(),
    // These are of Windows and macOS: empty here, as in osquery on Linux.
    attributes: text({ hidden: true }),
    volume_serial: text({ hidden: true }),
    file_id: text({ hidden: true }),
    file_version: text({ hidden: true, collate: 'VERSION' }),
    product_version: text({ hidden: true, collate: 'VERSION' }),
    original_filename: text({ hidden: true }),
    shortcut_target_path: text({ hidden: true }),
    shortcut_target_type: text({ hidden: true }),
    shortcut_target_location: text({ hidden: true }),
    shortcut_start_in: text({ hidden: true }),
    shortcut_run: text({ hidden: true }),
    shortcut_comment: text({ hidden: true }),
    bsd_flags: text({ hidden: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
    mount_namespace_id: text({ hidden: true }),
  },
  *generate(query) {
    const needsStat = query.uses(...fromStat);
    const needsTarget = query.uses('symlink_target_path');
    for (const { pid, files } of namespaceRoots(query)) {
      const mount_namespace_id = query.uses('mount_namespace_id')
        ? mountNamespace(query.files, pid)
        : undefined;
      for (const { path, directory, filename, kind } of selectedPaths(query, files)) {
        // A path that its directory has just told exists: its name needs no further look.
        const row = needsStat || kind === undefined ? statRow(files, path, needsTarget) : {};
        // Linux keeps a time of birth, but neither stat(2) nor osquery's table tells it.
        if (row !== undefined)
          yield { path, directory, filename, ...row, btime: 0, pid_with_namespace: pid, mount_namespace_id };
      }
    }
  },
});

/** Columns of one file; undefined when it does not exist or cannot be reached. */
const statRow = (files: HostFiles, path: string, needsTarget: boolean) => {
  const link = files.lstat(path);
  if (link === undefined) return undefined;
  const symlink = link.kind === 'symlink';
  const target = symlink ? files.stat(path) : link;
  return {
    ...statColumns(target ?? link),
    symlink: symlink ? 1 : 0,
    type: typeName(target?.kind),
    symlink_target_path: symlink && needsTarget ? files.readLink(path) : undefined,
  };
};

/** A link that leads nowhere has the columns of the link itself and an unknown type. */
const typeName = (kind: FileKind | undefined): FileKind => kind ?? 'unknown';

const statColumns = (stat: FileStat) => ({
  inode: stat.ino,
  uid: stat.uid,
  gid: stat.gid,
  mode: (stat.mode & 0o7777).toString(8).padStart(4, '0'),
  // The device that a device file stands for, not the one that the file lies on.
  device: stat.rdev,
  size: stat.size_bytes,
  block_size: stat.block_bytes,
  atime: seconds(stat.atime_ns),
  mtime: seconds(stat.mtime_ns),
  ctime: seconds(stat.ctime_ns),
  hard_links: stat.nlink,
});

/** Whole seconds as `st_mtime` has them: before 1970 they count down. */
const seconds = (time_ns: bigint): bigint => {
  const whole = time_ns / 1_000_000_000n;
  return time_ns < whole * 1_000_000_000n ? whole - 1n : whole;
};

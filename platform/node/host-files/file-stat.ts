import type { BigIntStats, Dirent } from 'node:fs';
import type { FileKind, FileStat } from '../../../protocol/host-files.ts';

/** What Node tells of an entry, in the door's terms. */
export const toFileStat = (stat: BigIntStats): FileStat => ({
  kind: kindOf(stat),
  dev: stat.dev,
  ino: stat.ino,
  mode: Number(stat.mode),
  nlink: Number(stat.nlink),
  uid: Number(stat.uid),
  gid: Number(stat.gid),
  rdev: stat.rdev,
  size_bytes: stat.size,
  block_bytes: Number(stat.blksize),
  blocks: stat.blocks,
  atime_ns: stat.atimeNs,
  mtime_ns: stat.mtimeNs,
  ctime_ns: stat.ctimeNs,
});

/** Kind of an entry; `unknown` where the file system left it out of the directory (getdents(2), DT_UNKNOWN). */
export const kindOf = (
  entry: Pick<
    Dirent,
    | 'isFile'
    | 'isDirectory'
    | 'isSymbolicLink'
    | 'isFIFO'
    | 'isSocket'
    | 'isCharacterDevice'
    | 'isBlockDevice'
  >,
): FileKind => {
  if (entry.isFile()) return 'regular';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symlink';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  if (entry.isCharacterDevice()) return 'character';
  return entry.isBlockDevice() ? 'block' : 'unknown';
};

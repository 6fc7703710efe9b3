import type { FileStat, HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { type FileMagic, fileMagic, head_bytes } from '../parsers/file-magic.ts';

/**
 * libmagic knows thousands of kinds, and this some fifty, by a table of its own: MIME types are those of file(1), and
 * descriptions begin as there, without the details behind. Databases of magic are not read.
 */
export const magic: Table = defineTable({
  name: 'magic',
  description: 'What files hold, for the commonest kinds (file(1) knows many more).',
  columns: {
    path: text({ index: true, required: true }),
    magic_db_files: text({ additional: true }),
    data: text(),
    mime_type: text(),
    mime_encoding: text(),
  },
  *generate(query) {
    const databases = query.equals('magic_db_files');
    if (databases !== undefined) query.warn('magic reads no database: magic_db_files has no effect');
    const paths = query.equals('path');
    if (paths === undefined && query.constraints('path').length > 0)
      query.warn('only = and IN on "path" find files; a join with table file finds those of a pattern');
    for (const path of paths ?? []) {
      const found = magicOf(query.files, path);
      if (found !== undefined) yield { path, magic_db_files: databases?.[0], ...found };
    }
  },
});

/**
 * A link is one, whatever it leads to; a file that cannot be read is none, of which osquery has a row with a message in
 * `data`. Bits beside the permissions come first, as file(1) has them.
 */
const magicOf = (files: HostFiles, path: string): FileMagic | undefined => {
  const stat = files.lstat(path);
  if (stat === undefined) return undefined;
  const found = stat.kind === 'regular' ? contentOf(files, path) : special(files, path, stat);
  const bits = modeBits.flatMap(([mask, name]) => ((stat.mode & mask) === 0 ? [] : [name]));
  if (found === undefined || bits.length === 0) return found;
  const isSaidOfContent = stat.kind === 'regular' && stat.size_bytes > 0n;
  return { ...found, data: `${bits.join(', ')}${isSaidOfContent ? ' ' : ', '}${found.data}` };
};

const modeBits = [
  [0o4000, 'setuid'],
  [0o2000, 'setgid'],
  [0o1000, 'sticky'],
] as const;

const contentOf = (files: HostFiles, path: string): FileMagic | undefined => {
  const file = files.open(path);
  if (file === undefined) return undefined;
  try {
    const head = new Uint8Array(head_bytes);
    const length = file.readAt(head, 0) ?? 0;
    return fileMagic(head.subarray(0, length), length < head_bytes);
  } finally {
    file.close();
  }
};

const special = (files: HostFiles, path: string, { kind, rdev }: FileStat): FileMagic | undefined => {
  const of = (data: string, mime: string): FileMagic => ({
    data,
    mime_type: `inode/${mime}`,
    mime_encoding: 'binary',
  });
  const device = `(${(rdev >> 8n) & 0xfffn}/${(rdev & 0xffn) | ((rdev >> 12n) & 0xfff00n)})`;
  switch (kind) {
    case 'directory':
      return of('directory', 'directory');
    case 'symlink': {
      const target = `symbolic link to ${files.readLink(path) ?? ''}`;
      if (files.stat(path) !== undefined) return of(target, 'symlink');
      // file(1) tells no encoding of a link that leads nowhere.
      return { ...of(`broken ${target}`, 'symlink'), mime_encoding: '' };
    }
    case 'fifo':
      return of('fifo (named pipe)', 'fifo');
    case 'socket':
      return of('socket', 'socket');
    case 'character':
      return of(`character special ${device}`, 'chardevice');
    case 'block':
      return of(`block special ${device}`, 'blockdevice');
    case 'regular':
    case 'unknown':
      return undefined;
  }
};

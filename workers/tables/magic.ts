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
    for (const path of query.equals('path') ?? []) {
      const found = magicOf(query.files, path);
      if (found !== undefined) yield { path, magic_db_files: databases?.[0], ...found };
    }
  },
});

/** A link is one, whatever it leads to; a file that cannot be read is none. */
const magicOf = (files: HostFiles, path: string): FileMagic | undefined => {
  const stat = files.lstat(path);
  if (stat === undefined) return undefined;
  if (stat.kind !== 'regular') return special(files, path, stat);
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
    case 'symlink':
      return of(`symbolic link to ${files.readLink(path) ?? ''}`, 'symlink');
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

import { opendirSync } from 'node:fs';
import type { DirectoryEntry } from '../../protocol/host-files.ts';
import { kindOf } from './file-stat.ts';
import { nameFromBytes } from './path-bytes.ts';

/** How many entries the kernel is asked for at once. */
const entriesAtOnce = 256;

/**
 * Entries of a directory in the kernel's order. `count` is called for each as it comes, so that a directory of
 * millions ends at the budget and not in memory. Throws what `node:fs` throws.
 */
export const readDirectory = (path: string | Buffer, count: () => void): DirectoryEntry[] => {
  const entries = entriesOf(path, 'utf8', count);
  if (!entries.some(({ name }) => name.includes('\ufffd'))) return entries;
  // A name with a byte of no character came out mangled; Latin-1 keeps the bytes of all.
  let known = entries.length;
  return entriesOf(path, 'latin1', () => {
    known -= 1;
    if (known < 0) count();
  }).map(({ name, kind }) => ({ name: nameFromBytes(Buffer.from(name, 'latin1')), kind }));
};

const entriesOf = (
  path: string | Buffer,
  encoding: 'utf8' | 'latin1',
  count: () => void,
): DirectoryEntry[] => {
  const directory = opendirSync(path, { bufferSize: entriesAtOnce, encoding });
  try {
    const entries: DirectoryEntry[] = [];
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      count();
      entries.push({ name: entry.name, kind: kindOf(entry) });
    }
    return entries;
  } finally {
    directory.closeSync();
  }
};

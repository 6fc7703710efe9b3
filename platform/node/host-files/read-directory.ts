import { type Dirent, opendirSync, readdirSync, statSync } from 'node:fs';
import type { DirectoryEntry } from '../../../protocol/host-files.ts';
import { kindOf } from './file-stat.ts';
import { nameFromBytes } from './path-bytes.ts';

/**
 * A directory of at most this size is read in one go, which takes half the time of going through it entry by entry.
 * tmpfs has the most entries for it, some 13,000.
 */
const smallDirectory_bytes = 256 * 1024;
/** How many entries of a large directory the kernel is asked for at once. */
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

type NameEncoding = 'utf8' | 'latin1';

const entriesOf = (path: string | Buffer, encoding: NameEncoding, count: () => void): DirectoryEntry[] => {
  const entries: DirectoryEntry[] = [];
  const isSmall = statSync(path).size <= smallDirectory_bytes;
  for (const entry of isSmall
    ? readdirSync(path, { withFileTypes: true, encoding })
    : streamed(path, encoding)) {
    count();
    entries.push({ name: entry.name, kind: kindOf(entry) });
  }
  return entries;
};

function* streamed(path: string | Buffer, encoding: NameEncoding): Generator<Dirent> {
  const directory = opendirSync(path, { bufferSize: entriesAtOnce, encoding });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry;
  } finally {
    directory.closeSync();
  }
}

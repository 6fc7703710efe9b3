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
  if (!entries.some(({ name }) => isMangled(name))) return entries;
  return entriesOf(path, 'latin1', countBeyond(entries.length, count)).map(({ name, kind }) => ({
    name: nameOfLatin1(name),
    kind,
  }));
};

/** The names of `readDirectory` alone, which spares an object for each. */
export const readNames = (path: string | Buffer, count: () => void): string[] => {
  const names = namesOf(path, 'utf8', count);
  if (!names.some(isMangled)) return names;
  return namesOf(path, 'latin1', countBeyond(names.length, count)).map(nameOfLatin1);
};

/** A name with a byte of no character came out mangled; Latin-1 keeps the bytes of all. */
const isMangled = (name: string): boolean => name.includes('\ufffd');

const nameOfLatin1 = (name: string): string => nameFromBytes(Buffer.from(name, 'latin1'));

/** For a second reading: counts what comes beyond the first one. */
const countBeyond = (known: number, count: () => void): (() => void) => {
  let left = known;
  return () => {
    left -= 1;
    if (left < 0) count();
  };
};

type NameEncoding = 'utf8' | 'latin1';

const isSmall = (path: string | Buffer): boolean => statSync(path).size <= smallDirectory_bytes;

const entriesOf = (path: string | Buffer, encoding: NameEncoding, count: () => void): DirectoryEntry[] => {
  const entries: DirectoryEntry[] = [];
  for (const entry of isSmall(path)
    ? readdirSync(path, { withFileTypes: true, encoding })
    : streamed(path, encoding)) {
    count();
    entries.push({ name: entry.name, kind: kindOf(entry) });
  }
  return entries;
};

const namesOf = (path: string | Buffer, encoding: NameEncoding, count: () => void): string[] => {
  if (isSmall(path)) {
    const names = readdirSync(path, { encoding });
    for (let each = 0; each < names.length; each += 1) count();
    return names;
  }
  const names: string[] = [];
  for (const { name } of streamed(path, encoding)) {
    count();
    names.push(name);
  }
  return names;
};

function* streamed(path: string | Buffer, encoding: NameEncoding): Generator<Dirent> {
  const directory = opendirSync(path, { bufferSize: entriesAtOnce, encoding });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry;
  } finally {
    directory.closeSync();
  }
}

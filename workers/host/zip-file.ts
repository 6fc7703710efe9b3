import { inflateRawSync } from 'node:zlib';
import type { HostFiles } from '../../protocol/host-files.ts';
import { zipData, zipDirectory, zipEntries, zipHeader_bytes, zipTail_bytes } from '../parsers/zip.ts';
import { readRange } from './read-range.ts';

/** A directory of a hundred thousand files is no larger. */
const directoryMax_bytes = 16 * 2 ** 20;

/**
 * Content of one file in a zip file, of at most `most_bytes`. Of the zip file only the parts around it are read.
 * Undefined when there is no such file, when it is larger, encrypted or damaged.
 */
export const readZipped = (
  files: HostFiles,
  path: string,
  name: string,
  most_bytes: number,
): Uint8Array | undefined => {
  const stat = files.stat(path);
  if (stat?.kind !== 'regular') return undefined;
  const tailStart = Math.max(0, Number(stat.size_bytes) - zipTail_bytes);
  const directory = zipDirectory(readRange(files, path, tailStart, zipTail_bytes) ?? new Uint8Array());
  if (directory === undefined || directory.length_bytes > directoryMax_bytes) return undefined;
  const listed = readRange(files, path, directory.offset_bytes, directory.length_bytes);
  const entry = zipEntries(listed ?? new Uint8Array()).find((each) => each.name === name);
  if (entry === undefined || entry.size_bytes > most_bytes || entry.packed_bytes > most_bytes)
    return undefined;
  const header = readRange(files, path, entry.header_offset_bytes, zipHeader_bytes);
  const data = zipData(entry, header ?? new Uint8Array());
  if (data === undefined) return undefined;
  const packed = readRange(files, path, data.offset_bytes, data.length_bytes);
  if (packed === undefined || entry.method === 0) return packed;
  return entry.method === 8 ? inflated(packed, most_bytes) : undefined;
};

/** zlib throws for damaged data, and for more of it than the directory promised. */
const inflated = (packed: Uint8Array, most_bytes: number): Uint8Array | undefined => {
  try {
    return inflateRawSync(packed, { maxOutputLength: most_bytes });
  } catch {
    return undefined;
  }
};

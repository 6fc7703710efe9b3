import type { FileStat, HostFiles } from '../../protocol/host-files.ts';
import { fail } from '../../protocol/result.ts';
import type { ReadRange } from '../parsers/read-range.ts';
import type { RpmBlob } from '../parsers/rpm-blob.ts';

/** Reads the headers in a database of one format, page by page. */
export type BlobReader = (read: ReadRange, size_bytes: number) => Iterable<RpmBlob>;

/**
 * Headers in a file that holds RPM's database in a format that is not SQLite's. It is read in parts, as it is, without
 * the lock that rpm takes: where it changed meanwhile the last value says so.
 */
export function* blobsIn(files: HostFiles, path: string, blobsOf: BlobReader): Generator<RpmBlob, undefined> {
  const file = files.open(path);
  if (file === undefined) {
    yield fail('it cannot be opened');
    return;
  }
  try {
    const before = file.stat();
    const read: ReadRange = (offset_bytes, length_bytes) => {
      const bytes = new Uint8Array(length_bytes);
      const filled = file.readAt(bytes, offset_bytes);
      return filled === undefined ? undefined : bytes.subarray(0, filled);
    };
    yield* blobsOf(read, Number(before.size_bytes));
    if (isChanged(before, file.stat())) yield fail('it changed while it was read: rows may be of two states');
  } finally {
    file.close();
  }
}

const isChanged = (before: FileStat, after: FileStat): boolean =>
  before.size_bytes !== after.size_bytes || before.mtime_ns !== after.mtime_ns;

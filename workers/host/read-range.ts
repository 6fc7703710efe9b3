import type { HostFiles } from '../../protocol/host-files.ts';

/** The largest part that is read at once: lengths come from the files themselves. osquery's `read_max`. */
const most_bytes = 50 * 1024 * 1024;

/** Up to `length_bytes` bytes of a file from a place on: fewer at its end; undefined when they cannot be read. */
export const readRange = (
  files: HostFiles,
  path: string,
  offset_bytes: number,
  length_bytes: number,
): Uint8Array | undefined => {
  if (length_bytes > most_bytes) return undefined;
  const file = files.open(path);
  if (file === undefined) return undefined;
  try {
    const bytes = new Uint8Array(length_bytes);
    const filled = file.readAt(bytes, offset_bytes);
    return filled === undefined ? undefined : bytes.subarray(0, filled);
  } finally {
    file.close();
  }
};

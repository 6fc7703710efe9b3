import { createHash, type Hash, hash } from 'node:crypto';
import type { HostFiles } from '../../protocol/host-files.ts';

/** A digest that the tables offer. */
export type DigestName = 'md5' | 'sha1' | 'sha256';

/**
 * Digests of a file in lower-case hex, all from one reading; undefined when it cannot be read, is no regular file or
 * is larger than `read_max`.
 */
export const fileDigests = (
  files: HostFiles,
  path: string,
  names: readonly DigestName[],
): Partial<Record<DigestName, string>> | undefined => {
  let hashes: readonly Hash[] = [];
  let digests: readonly string[] | undefined;
  const read = files.readChunks(path, (bytes, isWhole) => {
    // Most files are one piece, and a digest at once costs half of one that is fed.
    if (isWhole) digests = names.map((name) => hash(name, bytes));
    else {
      if (hashes.length === 0) hashes = names.map((name) => createHash(name));
      for (const each of hashes) each.update(bytes);
    }
  });
  if (!read) return undefined;
  digests ??=
    hashes.length > 0 ? hashes.map((each) => each.digest('hex')) : names.map((name) => hash(name, ''));
  const values = digests;
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
};

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
  const digests: Partial<Record<DigestName, string>> = {};
  const fed: Partial<Record<DigestName, Hash>> = {};
  const read = files.readChunks(path, (bytes, isWhole) => {
    for (const name of names) {
      // Most files are one piece, and a digest at once costs half of one that is fed.
      if (isWhole) digests[name] = hash(name, bytes);
      else {
        fed[name] ??= createHash(name);
        fed[name].update(bytes);
      }
    }
  });
  if (!read) return undefined;
  for (const name of names) digests[name] ??= fed[name]?.digest('hex') ?? hash(name, '');
  return digests;
};

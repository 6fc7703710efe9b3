import { type RpmHeader, rpmTag } from './rpm-header.ts';

/** A file of a package, as far as the tags of its members were asked for. */
export interface RpmFile {
  readonly path: string;
  readonly username: string;
  readonly groupname: string;
  /** Permissions with the bits for set-uid, set-gid and sticky; undefined where the header does not tell. */
  readonly mode: number | undefined;
  readonly size_bytes: number | undefined;
  /** '' for what is no regular file, and where another algorithm was used. */
  readonly sha256: string;
}

/** Tags that `rpmFiles` reads for each member of a file; without those of the path there are no files. */
export const rpmFileTags: Readonly<Record<keyof RpmFile, readonly number[]>> = {
  path: [rpmTag.baseNames, rpmTag.directoryIndexes, rpmTag.directoryNames],
  username: [rpmTag.fileUsers],
  groupname: [rpmTag.fileGroups],
  mode: [rpmTag.fileModes],
  size_bytes: [rpmTag.fileSizes, rpmTag.longFileSizes],
  sha256: [rpmTag.fileDigestAlgorithm, rpmTag.fileDigests],
};

/** PGPHASHALGO_SHA256 (RFC 9580, 9.5). */
const sha256 = 8;

/**
 * The files of a package: a name, and a number into the list of directories, each of which ends with a slash. Sizes of 64
 * bits are there instead of the others when a file has 4 GiB or more.
 */
export function* rpmFiles(header: RpmHeader): Generator<RpmFile> {
  const directories = header.texts(rpmTag.directoryNames);
  const indexes = header.numbers(rpmTag.directoryIndexes);
  const [users, groups] = [header.texts(rpmTag.fileUsers), header.texts(rpmTag.fileGroups)];
  const modes = header.numbers(rpmTag.fileModes);
  const longSizes = header.numbers(rpmTag.longFileSizes);
  const sizes = longSizes.length > 0 ? longSizes : header.numbers(rpmTag.fileSizes);
  const digests =
    header.number(rpmTag.fileDigestAlgorithm) === sha256 ? header.texts(rpmTag.fileDigests) : [];
  for (const [at, name] of header.texts(rpmTag.baseNames).entries()) {
    yield {
      path: `${directories[indexes[at] ?? -1] ?? ''}${name}`,
      username: users[at] ?? '',
      groupname: groups[at] ?? '',
      mode: modes[at],
      size_bytes: sizes[at],
      sha256: digests[at] ?? '',
    };
  }
}

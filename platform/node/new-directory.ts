import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** Something to be put into a new directory, at a path within it. */
export type NewEntry =
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly executable?: true }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** A file or a directory with all that is in it. */
  | { readonly kind: 'copy'; readonly path: string; readonly from: string };

export type NewDirectoryFailure = Failure<'exists' | 'not_made'>;

/**
 * Makes a directory with these entries; what exists is left alone, and nothing is made then. Nobody but the owner may
 * write anything in it, whatever the umask.
 */
export const makeNewDirectory = (
  directory: string,
  entries: readonly NewEntry[],
): Result<void, NewDirectoryFailure> => {
  const usual = process.umask(0o022);
  try {
    mkdirSync(dirname(directory), { recursive: true });
    mkdirSync(directory);
    for (const entry of entries) put(directory, entry);
    return ok(undefined);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return fail({ reason: 'exists', message: `${directory} exists. Name another directory.` });
    const why = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'not_made', message: `${directory} could not be made: ${why}.` });
  } finally {
    process.umask(usual);
  }
};

const put = (directory: string, entry: NewEntry): void => {
  const path = join(directory, entry.path);
  mkdirSync(dirname(path), { recursive: true });
  switch (entry.kind) {
    case 'file':
      writeFileSync(path, entry.text, { mode: entry.executable === true ? 0o755 : 0o644, flag: 'wx' });
      return;
    case 'link':
      symlinkSync(entry.target, path);
      return;
    case 'copy':
      copy(entry.from, path);
      return;
  }
};

/** Rights are those of this place, not those of the original. */
const copy = (from: string, to: string): void => {
  if (!statSync(from).isDirectory()) {
    copyFileSync(from, to);
    chmodSync(to, 0o644);
    return;
  }
  mkdirSync(to);
  for (const name of readdirSync(from)) copy(join(from, name), join(to, name));
};

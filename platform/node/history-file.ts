import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** What a shell remembers is read and written in one piece: longer files are none of ours. */
const most_bytes = 1024 * 1024;

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/** Lines of a file of ours; none when it is not there, is no regular file, or is too long to be one. */
export const readHistory = (path: string): readonly string[] => {
  const lines = withFile(path, O_RDONLY, (descriptor) => readFileSync(descriptor, 'utf8').split('\n'));
  return lines.ok ? lines.value.filter((line) => line !== '') : [];
};

/** Writes the lines; the file is its owner's alone from then on. */
export const writeHistory = (path: string, lines: readonly string[]): Result<void, Failure<'not_written'>> =>
  withFile(path, O_RDWR | O_CREAT, (descriptor) => {
    fchmodSync(descriptor, 0o600);
    ftruncateSync(descriptor, 0);
    writeSync(descriptor, lines.map((line) => `${line}\n`).join(''));
  });

/** Opens a regular file, never what a link or a pipe of its name leads to. */
const withFile = <T>(
  path: string,
  flags: number,
  work: (descriptor: number) => T,
): Result<T, Failure<'not_written'>> => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const { size } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile() || size > most_bytes) throw new Error('it is no history of a shell');
    return ok(work(descriptor));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'not_written', message: `${path}: ${why}` });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};

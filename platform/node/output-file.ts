import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** A file that takes what would be printed. */
export interface OutputFile {
  write(text: string): void;
  close(): void;
}

const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

/**
 * Begins a file of results anew. A new one is its owner's alone: results may hold what only root can read. A symbolic
 * link is refused: in a directory that others write to, it could lead anywhere.
 */
export const openOutputFile = (path: string): Result<OutputFile, Failure<'not_writable'>> => {
  try {
    const descriptor = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
    return ok({
      write: (text) => {
        let rest: Buffer = Buffer.from(text);
        while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
      },
      close: () => closeSync(descriptor),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'not_writable', message: `results cannot be written to ${path}: ${why}` });
  }
};

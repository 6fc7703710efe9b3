import type { Trail } from './path-facts.ts';

/** So many bytes of a program the kernel looks at to tell what it is (BINPRM_BUF_SIZE, linux/binfmts.h). */
export const programHead_bytes = 256;

/** What was seen of a file that is to be executed. */
export interface ProgramFacts {
  readonly trail: Trail;
  /** Its first bytes, at most `programHead_bytes`; undefined when it could not be opened for reading. */
  readonly head: Uint8Array | undefined;
  /** The file that was opened has identity, owner and mode of the one at the trail's end. True when none was opened. */
  readonly same: boolean;
  /** The kernel would let this process execute it: bits, lists and mount considered (access(2), X_OK). */
  readonly mayExecute: boolean;
}

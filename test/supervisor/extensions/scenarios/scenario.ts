import type { ExtensionRules } from '../../../../policies/extension-file/judge-extension.ts';
import type { Ground } from '../ground.ts';

/** One arrangement of files and what is to be said of it. */
export interface Scenario {
  readonly name: string;
  /** Needs chown, mknod or mount. */
  readonly needsRoot?: true;
  /** Makes the files; gives the path of the extension. */
  readonly make: (ground: Ground) => string;
  /** `rule component`, for a daemon of the user who made the files; empty: it may be started. */
  readonly refused: readonly string[];
  /** For a daemon of `otherUid`; absent: the same. */
  readonly refusedToOther?: readonly string[];
  readonly rules?: Partial<ExtensionRules>;
  /** Undoes what `make` did outside the ground. */
  readonly undo?: (ground: Ground) => void;
}

/** A user who is neither root nor the daemon. */
export const strange = 1234;
/** A script that does nothing, successfully. */
export const shell = (ground: Ground, name = 'x.ext'): string => ground.text(name, '#!/bin/sh\nexit 0\n');
/** A script with this first line. */
export const script =
  (line: string) =>
  (ground: Ground): string =>
    ground.text('x.ext', `${line}\nexit 0\n`);

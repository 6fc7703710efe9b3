import type { ProcessIdentity } from '../sample.ts';
import type { ExtensionBudget } from './budget.ts';

/** One life of a managed extension, from a start to its end: what a lease is to a run. */
export interface ExtensionLife {
  readonly lifeId: string;
  /** What a person calls it: its file's name without `.ext`; its path when another one has that name. */
  readonly name: string;
  readonly path: string;
  /** SHA-256 of path and budget, in hex: another budget begins with a clean record. */
  readonly pathHash: string;
  /** Leader of its session and of its family. */
  readonly leader: ProcessIdentity;
  readonly budget: ExtensionBudget;
  /** False (`denylist: false` in the config): a limit stops it, but it is never denied. */
  readonly mayBeDenied: boolean;
  /** Monotonic milliseconds. */
  readonly startedAt_ms: number;
  readonly startedAt_unix_ms: number;
}

/** Where a denial of an extension applies, and its queries are judged. */
export const extensionScope = (name: string): string => `extension:${name}`;

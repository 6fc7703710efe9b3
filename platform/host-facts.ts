import type { Trail } from '../protocol/path-facts.ts';

/** Looks at the host for `leash doctor`; changes nothing. */
export interface HostFacts {
  readText(path: string): string | undefined;
  /** The way along an absolute path, all links followed. */
  trail(path: string): Trail;
  mayWrite(path: string): boolean;
}

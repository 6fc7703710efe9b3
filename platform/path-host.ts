import type { Trail } from '../protocol/path-facts.ts';

/** Looks along paths of the host, changes nothing. */
export interface PathHost {
  /** The way along an absolute path, all links followed. */
  trail(path: string): Trail;
}

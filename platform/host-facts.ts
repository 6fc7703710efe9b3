/** What lstat says of a path. */
export interface PathFacts {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'socket' | 'other';
  readonly uid: number;
  /** Permission bits with setuid, setgid and sticky: 0 … 07777. */
  readonly mode: number;
}

/** Looks at the host for `leash doctor`; changes nothing. */
export interface HostFacts {
  readText(path: string): string | undefined;
  /** The path as it stands (a link is not followed): undefined when it is not there or may not be looked at. */
  look(path: string): PathFacts | undefined;
  /** Where a path leads through all links; undefined when nowhere. */
  realPath(path: string): string | undefined;
  mayWrite(path: string): boolean;
}

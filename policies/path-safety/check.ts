/** Rules about a path that leads to something trusted. */
export type PathRuleName =
  | 'reached'
  | 'owner'
  | 'writable'
  | 'sticky'
  | 'link'
  | 'kind'
  | 'mode'
  | 'user_mount';

/** One rule, held against one component of a path. */
export interface Check<Rule extends string = PathRuleName> {
  readonly rule: Rule;
  /** The path that was asked for. */
  readonly path: string;
  /** What of it was looked at: the file, a directory on the way, a link, an interpreter. */
  readonly component: string;
  readonly passed: boolean;
  readonly actual: string;
  readonly required: string;
  /** What to do when it did not pass: a command line where one mends it. */
  readonly remedy: string;
}

/** A check that did not pass, as one sentence for a person, without its full stop. */
export const describeRefusal = ({ component, actual, required, remedy }: Check<string>): string =>
  `${component}: ${actual}; required: ${required}; to mend it: ${remedy}`;

/** Four octal digits, as chmod(1) takes them. */
export const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** A path as one word of a shell. */
export const shellWord = (path: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

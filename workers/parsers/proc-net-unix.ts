import { addressFamily } from './address-family.ts';

/** A line of /proc/net/unix. */
export interface UnixSocket {
  readonly family: typeof addressFamily.unix;
  readonly protocol: number;
  readonly inode: number;
  /** Empty for a socket without a name; begins with @ for an abstract one, whose NULs the kernel shows as @ too. */
  readonly path: string;
}

/** Address in the kernel, references, protocol, flags, type, state, inode; then a blank and the path, if any. */
const lineStart =
  /^[0-9a-f]{8,16}: [0-9A-F]{8} ([0-9A-F]{8}) [0-9A-F]{8} [0-9A-F]{4} [0-9A-F]{2} +(\d+)([ \n])/gm;

/**
 * Reads /proc/net/unix (unix(7), proc(5)). The kernel escapes nothing in a path, so that a path goes on to where the
 * next line starts with what every line starts with: blanks and newlines stay in it. (A path made up to look like
 * such a line cannot be told from one.) A last line without an end was cut short and is passed over, as is what
 * follows a socket without a path and is no line.
 */
export function* parseUnixSockets(content: string): Generator<UnixSocket> {
  let last: RegExpExecArray | undefined;
  for (const match of content.matchAll(lineStart)) {
    if (last !== undefined) yield unixSocket(content, last, match.index - 1);
    last = match;
  }
  const isWhole = last?.[3] === '\n' || content.endsWith('\n');
  if (last !== undefined && isWhole) yield unixSocket(content, last, content.length - 1);
}

/** The socket whose line starts at a match; its path ends before `end`. */
const unixSocket = (content: string, match: RegExpExecArray, end: number): UnixSocket => {
  const [start, protocol = '', inode, separator] = match;
  return {
    family: addressFamily.unix,
    protocol: Number.parseInt(protocol, 16),
    inode: Number(inode),
    path: separator === ' ' ? content.slice(match.index + start.length, end) : '',
  };
};

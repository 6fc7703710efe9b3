/** One component of a path pattern: a name, or what names must match. */
export type PathComponent =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'wildcard'; readonly matches: (name: string) => boolean };

/** A LIKE pattern on a path, read as osquery reads it. */
export interface PathPattern {
  readonly components: readonly PathComponent[];
  /** Whether what lies below the matches belongs to them too. */
  readonly recursive: boolean;
  /** A slash ends the pattern: only directories match. */
  readonly directoriesOnly: boolean;
}

/**
 * Reads a LIKE pattern as a file pattern by osquery's rules: `%` stands for any part of one name, `%%` at the end also for
 * everything below, and `_` for itself. As in glob(7), a dot that begins a name has to be written: `%` does not match
 * `.bashrc`, `.%` does; what lies below a match needs none. Undefined for a pattern that does not begin with `/`.
 */
export const parsePathPattern = (pattern: string): PathPattern | undefined => {
  if (!pattern.startsWith('/')) return undefined;
  const names = pattern.split('/').filter((name) => name !== '');
  return {
    components: names.map(componentOf),
    recursive: pattern.endsWith('%%'),
    directoriesOnly: pattern.endsWith('/'),
  };
};

const componentOf = (text: string): PathComponent => {
  if (!text.includes('%')) return { kind: 'name', name: text };
  const [head = '', ...rest] = text.split(/%+/);
  const tail = rest.pop() ?? '';
  return { kind: 'wildcard', matches: (name) => matchesParts(name, head, rest, tail) };
};

/**
 * Whether a name is head, anything, each middle part in turn with anything between, tail. Taking the first place of
 * each part is enough, so no pattern takes longer than its length times the name's.
 */
const matchesParts = (name: string, head: string, middle: readonly string[], tail: string): boolean => {
  if (name.startsWith('.') && !head.startsWith('.')) return false;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  const end = name.length - tail.length;
  let at = head.length;
  for (const part of middle) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
};

/**
 * Reads os-release(5): assignments in the syntax of a shell, without expansion. A later assignment wins, as it
 * does in a shell. Lines that are no assignment are left out.
 */
export const parseOsRelease = (content: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const line of content.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trimEnd());
    const [, name, value] = match ?? [];
    if (name !== undefined && value !== undefined) values.set(name, unquote(value));
  }
  return values;
};

/** Takes shell quotes and backslashes off a value; a quote that is never closed is taken to end with the line. */
const unquote = (value: string): string => {
  const [quote] = value;
  if (quote === "'") return value.slice(1).split("'", 1)[0] ?? '';
  if (quote !== '"') return value.replaceAll(/\\(.)/g, '$1');
  const inner = /^"((?:[^"\\]|\\.)*)/.exec(value)?.[1] ?? '';
  // Inside double quotes a backslash escapes these four only.
  return inner.replaceAll(/\\(["$`\\])/g, '$1');
};

/** What a Python package says of itself. */
export interface PythonMetadata {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly summary: string | undefined;
  readonly author: string | undefined;
  readonly license: string | undefined;
}

/**
 * Reads METADATA or PKG-INFO (core metadata, PEP 566): header fields up to an empty line, after which the description
 * follows. Of a field that is given twice the first one holds.
 */
export const parsePythonMetadata = (content: string): PythonMetadata => {
  const fields = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    let end = content.indexOf('\n', at);
    if (end === -1) end = content.length;
    const line = content.slice(at, end).trimEnd();
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    // A line that begins with a blank goes on with the field before it.
    if (!/^\s/.test(line) && name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
    at = end + 1;
  }
  return {
    name: fields.get('name'),
    version: fields.get('version'),
    summary: fields.get('summary'),
    author: fields.get('author'),
    license: fields.get('license') ?? fields.get('license-expression'),
  };
};

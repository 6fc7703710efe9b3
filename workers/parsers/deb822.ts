/**
 * Paragraphs of Debian's control format (deb822(5)): fields by their names in lower case. A line that begins with a
 * blank goes on with the field before it; comments and lines that are neither are passed over.
 */
export function* deb822Paragraphs(content: string): Generator<ReadonlyMap<string, string>, undefined> {
  let fields = new Map<string, string>();
  let last: string | undefined;
  for (const raw of content.split('\n')) {
    const line = raw.trimEnd();
    if (line.startsWith('#')) continue;
    if (line === '') {
      if (fields.size > 0) yield fields;
      fields = new Map();
      last = undefined;
    } else if (/^[ \t]/.test(line)) {
      if (last !== undefined) fields.set(last, `${fields.get(last) ?? ''}\n${line.trim()}`);
    } else {
      const colon = line.indexOf(':');
      last = colon > 0 ? line.slice(0, colon).toLowerCase() : undefined;
      if (last !== undefined) fields.set(last, line.slice(colon + 1).trim());
    }
  }
  if (fields.size > 0) yield fields;
  return undefined;
}

/** A line of a sudoers file: a rule or setting, or an instruction to read others. */
export interface SudoersLine {
  /** First word, of an instruction with its mark: `@include`. */
  readonly header: string;
  /** The rest as written, comments too. */
  readonly rule_details: string;
  /** What an instruction reads, without quotes; undefined for a rule. */
  readonly reads?: { readonly kind: 'file' | 'directory'; readonly path: string };
}

/**
 * Reads a sudoers file (sudoers(5)). `#` begins a comment, but `#include` and `#includedir` are older forms of `@include`,
 * and `#` with a number is the user of that uid, whose rule must not be missed.
 */
export const parseSudoers = (content: string): SudoersLine[] =>
  [...wholeLines(content)].flatMap((text): SudoersLine[] => {
    const line = text.trim();
    const [, header = '', rest = ''] = /^(\S*)(.*)$/s.exec(line) ?? [];
    const rule_details = rest.trim();
    const kind = /^[#@]include(dir)?$/.exec(header);
    if (kind !== null) {
      const path = pathOf(rule_details);
      if (path === '') return [];
      return [{ header, rule_details, reads: { kind: kind[1] === undefined ? 'file' : 'directory', path } }];
    }
    return header === '' || /^#(?!-?\d)/.test(header) ? [] : [{ header, rule_details }];
  });

/** A path ends at its closing quote or at a blank without a backslash before it: a comment may follow. */
const pathOf = (text: string): string => {
  const isQuoted = text.startsWith('"');
  const from = isQuoted ? 1 : 0;
  const length = text.slice(from).search(isQuoted ? /"/ : /(?<!\\)\s/);
  const path = text.slice(from, length === -1 ? undefined : from + length);
  return isQuoted ? path : path.replaceAll('\\ ', ' ');
};

/**
 * Lines with those that a backslash continues joined to them. Blanks that the next begins with are one, which parts words;
 * within quotes they are none. In a comment a backslash means nothing: what follows is a line of its own, and sudo obeys it.
 */
function* wholeLines(content: string): Generator<string, undefined> {
  let parts: string[] = [];
  let isQuoted = false;
  for (const each of content.split('\n')) {
    const part = (parts.length > 0 ? joined(each, isQuoted, parts.at(-1)) : each).replace(/\r$/, '');
    const end = endOf(part, isQuoted);
    isQuoted = end === 'continued in quotes';
    parts.push(end === 'over' ? part : part.slice(0, -1));
    if (end !== 'over') continue;
    yield parts.join('');
    parts = [];
  }
  if (parts.length > 0) yield parts.join('');
  return undefined;
}

/** A line as it continues what stands before it. */
const joined = (line: string, isQuoted: boolean, before = ''): string => {
  const parts = !isQuoted && /^\s/.test(line) && !/\s$/.test(before);
  return `${parts ? ' ' : ''}${line.trimStart()}`;
};

/** How a line ends that began within quotes or not. `#` in quotes, after a backslash or before a number is no comment. */
const endOf = (line: string, isQuoted: boolean): 'over' | 'continued' | 'continued in quotes' => {
  let quoted = isQuoted;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at];
    if (char === '\\') {
      if (at === line.length - 1) return quoted ? 'continued in quotes' : 'continued';
      if (!quoted || line[at + 1] === '"') at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === '#' && !quoted && !/^-?\d/.test(line.slice(at + 1, at + 3))) return 'over';
  }
  return 'over';
};

/**
 * A piece of SQL. `word`: a keyword or plain name, in lower case; `name`: a quoted name; `text`: a string literal;
 * `mark`: a single other character. Quotes are taken off.
 */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'mark';
  readonly value: string;
}

/** White space and comments; texts; quoted names; words with numbers; anything else (SQLite's lexical rules). */
const token =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|'(?<text>(?:[^']|'')*)'|"(?<name>(?:[^"]|"")*)"|`(?<tick>(?:[^`]|``)*)`|\[(?<bracket>[^\]]*)\]|(?<word>[\p{L}\p{N}_$]+)|(?<mark>[\s\S])/gu;

/** Cuts SQL into its pieces; whatever it is, something comes out. */
export const sqlTokens = (sql: string): readonly SqlToken[] => {
  const tokens: SqlToken[] = [];
  for (const { groups = {} } of sql.matchAll(token)) {
    const name = groups.name ?? groups.tick ?? groups.bracket;
    if (groups.text !== undefined) tokens.push({ kind: 'text', value: groups.text.replaceAll("''", "'") });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else if (groups.word !== undefined) tokens.push({ kind: 'word', value: groups.word.toLowerCase() });
    else if (groups.mark !== undefined) tokens.push({ kind: 'mark', value: groups.mark });
  }
  return tokens;
};

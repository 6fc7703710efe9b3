/** Taken apart SQL: statements that a semicolon ends, and what follows the last one. */
export interface SplitSql {
  readonly statements: readonly string[];
  readonly rest: string;
}

/** Texts, names and comments, each closed or running to the end; then semicolons; then everything else. */
const token =
  /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|;|[^'"`[\-/;]+|[-/]/g;

/** Cuts a script at the semicolons that stand outside of quotes and comments (SQLite's lexical rules). */
export const splitStatements = (sql: string): SplitSql => {
  const statements: string[] = [];
  let start = 0;
  for (const match of sql.matchAll(token)) {
    if (match[0] !== ';') continue;
    const statement = sql.slice(start, match.index + 1);
    if (!isBlank(statement.slice(0, -1))) statements.push(statement.trim());
    start = match.index + 1;
  }
  return { statements, rest: sql.slice(start) };
};

const comment = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)/;

/** True for nothing but white space and complete comments. */
export const isBlank = (sql: string): boolean => {
  let rest = sql;
  for (let match = comment.exec(rest); match !== null; match = comment.exec(rest)) {
    rest = rest.slice(match[0].length);
  }
  return rest === '';
};

import type { LimitName } from '../../protocol/budget.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/** What in a statement can be why it reached a limit. Nothing is guessed: each hint names what stands there. */
export const sqlHints = (sql: string, limit: LimitName): readonly string[] => {
  const tokens = sqlTokens(sql);
  const countsFiles = limit === 'paths' || limit === 'read_mb';
  return [
    ...(countsFiles ? [] : recursion(tokens)),
    ...freeJoins(tokens),
    ...deepPatterns(tokens, limit),
    ...(limit === 'memory_mb' ? gathering(tokens) : []),
    ...(limit === 'rows' || limit === 'result_mb' ? everyRow(tokens) : []),
  ];
};

const has = (tokens: readonly SqlToken[], ...words: readonly string[]): string | undefined =>
  words.find((word) => tokens.some(({ kind, value }) => kind === 'word' && value === word));

const recursion = (tokens: readonly SqlToken[]): readonly string[] => {
  if (has(tokens, 'recursive') === undefined || has(tokens, 'limit') !== undefined) return [];
  return ['It is recursive (WITH RECURSIVE) and has no LIMIT: see whether the recursion can end.'];
};

/** `%%` goes down all directories; only limits that files are counted in can be its doing, and time. */
const deepPatterns = (tokens: readonly SqlToken[], limit: LimitName): readonly string[] => {
  if (limit === 'rows' || limit === 'result_mb' || limit === 'memory_mb') return [];
  const patterns = tokens.filter(({ kind, value }) => kind === 'text' && value.includes('%%'));
  return [...new Set(patterns.map(({ value }) => value))].map(
    (pattern) =>
      `The pattern '${pattern}' visits every directory below '${pattern.slice(0, pattern.indexOf('%%'))}': name a directory further down, or use % for one level.`,
  );
};

const gathering = (tokens: readonly SqlToken[]): readonly string[] => {
  const hints: string[] = [];
  const gatherer = has(tokens, 'group_concat', 'string_agg', 'json_group_array', 'json_group_object');
  if (gatherer !== undefined) {
    hints.push(`${gatherer}() gathers all its values before it gives one: gather fewer, or shorter ones.`);
  }
  if (has(tokens, 'order') !== undefined && has(tokens, 'limit') === undefined) {
    hints.push('ORDER BY without LIMIT keeps every row until the last one has come.');
  }
  return hints;
};

const everyRow = (tokens: readonly SqlToken[]): readonly string[] =>
  has(tokens, 'where', 'limit', 'group') === undefined
    ? ['It asks for every row: it has neither WHERE nor LIMIT.']
    : [];

/** Words that end the list of tables after FROM. */
const afterFrom = new Set([
  'where',
  'group',
  'having',
  'order',
  'limit',
  'union',
  'intersect',
  'except',
  'window',
]);

/** Lists of tables that nothing ties together: no ON, no USING, no NATURAL, and no WHERE behind them. */
const freeJoins = (tokens: readonly SqlToken[]): readonly string[] =>
  tokens.flatMap(({ kind, value }, index) => {
    // IS DISTINCT FROM is a comparison.
    if (kind !== 'word' || value !== 'from' || tokens[index - 1]?.value === 'distinct') return [];
    const { tables, tied } = joined(tokens.slice(index + 1));
    if (tied || tables.length < 2) return [];
    return [
      `It joins ${listOf(tables)} without a condition: each row of one meets each row of the other. Tie them with ON or WHERE.`,
    ];
  });

/** `'a' and 'b'`; a table that is joined with itself is named once, with how often. */
const listOf = (tables: readonly string[]): string =>
  [...new Set(tables)]
    .map((table) => {
      const times = tables.filter((other) => other === table).length;
      return times === 1 ? `'${table}'` : `'${table}' (${times} times)`;
    })
    .join(' and ');

/** The tables of one FROM, whose tokens come after it. */
const joined = (tokens: readonly SqlToken[]): { tables: readonly string[]; tied: boolean } => {
  const tables: string[] = [];
  let expectsTable = true;
  let depth = 0;
  for (const [index, { kind, value }] of tokens.entries()) {
    if (kind === 'mark' && value === ')' && depth === 0) break;
    if (kind === 'mark') depth += value === '(' ? 1 : value === ')' ? -1 : 0;
    if (depth > 0) {
      if (expectsTable) return { tables, tied: true };
      continue;
    }
    if (kind === 'mark' && value === ';') break;
    if (kind === 'word' && afterFrom.has(value)) return { tables, tied: value === 'where' };
    if (kind === 'word' && ['on', 'using', 'natural'].includes(value)) return { tables, tied: true };
    const joins = (kind === 'mark' && value === ',') || (kind === 'word' && value === 'join');
    if (joins) expectsTable = true;
    else if (expectsTable && (kind === 'word' || kind === 'name')) {
      // A function of the other table's columns (json_each) is tied by its arguments.
      if (tokens[index + 1]?.value === '(') return { tables, tied: true };
      tables.push(value);
      expectsTable = false;
    }
  }
  return { tables, tied: false };
};

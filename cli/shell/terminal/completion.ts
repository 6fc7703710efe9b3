import { shellModes } from '../settings.ts';
import { keywords } from './keywords.ts';

/** The names that a line can go on with. */
export interface CompletionNames {
  /** Columns by table. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly functions: readonly string[];
  readonly commands: readonly string[];
}

/** What a line may go on with, and the word at its end that those would replace. */
export type Completions = readonly [readonly string[], string];

/** More candidates than this help nobody. */
const mostCandidates = 200;

/**
 * What the word at the end of the line may become, and that word. `before` are the lines of the statement above it.
 * Pure. After FROM, JOIN and a comma behind them: tables; after a point: columns of the table or alias in front of
 * it; elsewhere the columns of the tables that the statement names so far, functions and keywords.
 */
export const completionsOf = (before: string, line: string, names: CompletionNames): Completions => {
  if (before.trim() === '' && line.startsWith('.')) return commandCompletions(line, names);
  const word = /[\w.]*$/.exec(line)?.[0] ?? '';
  const statement = `${before}\n${line}`;
  const point = word.lastIndexOf('.');
  if (point >= 0) {
    const owner = word.slice(0, point);
    const columns = names.columns.get(tableOf(owner, statement)) ?? [];
    return [matching(columns, word.slice(point + 1)).map((name) => `${owner}.${name}`), word];
  }
  if (wantsTable(statement.slice(0, statement.length - word.length))) {
    return [matching([...names.columns.keys()], word), word];
  }
  if (word === '') return [[], word];
  const columns = tablesIn(statement).flatMap((table) => names.columns.get(table) ?? []);
  const functions = names.functions.map((name) => `${name}(`);
  const inCase = /^[a-z_0-9]+$/.test(word) ? keywords.map((name) => name.toLowerCase()) : keywords;
  return [
    [...new Set([...matching(columns, word), ...matching(functions, word), ...matching(inCase, word)])],
    word,
  ];
};

const commandCompletions = (line: string, { columns, commands }: CompletionNames): Completions => {
  const [, name = '', gap = '', argument = ''] = /^\.(\w*)(\s*)(\w*)$/.exec(line) ?? [];
  if (gap === '') return [matching(commands, name).map((command) => `.${command}`), line];
  if (name === 'mode') return [matching(shellModes, argument), argument];
  if (['all', 'list', 'schema', 'tables'].includes(name))
    return [matching([...columns.keys()], argument), argument];
  return [[], argument];
};

const matching = (names: readonly string[], word: string): readonly string[] => {
  const lower = word.toLowerCase();
  return names.filter((name) => name.toLowerCase().startsWith(lower)).slice(0, mostCandidates);
};

const wantsTable = (text: string): boolean =>
  /\b(?:from|join)\s+(?:\w+(?:\s+(?:as\s+)?\w+)?\s*,\s*)*$/i.test(text);

/** Each table with the alias that may follow it. */
const tableList = /(?:\bfrom|\bjoin|,)\s*(\w+)(?:\s+(?:as\s+)?(\w+))?/gi;

const tablesIn = (statement: string): readonly string[] => [
  ...new Set([...statement.matchAll(tableList)].map(([, table = '']) => table.toLowerCase())),
];

const tableOf = (owner: string, statement: string): string => {
  const lower = owner.toLowerCase();
  const match = [...statement.matchAll(tableList)].find(([, , alias]) => alias?.toLowerCase() === lower);
  return match?.[1]?.toLowerCase() ?? lower;
};

import { nearest } from '../../protocol/nearest.ts';
import { platformOfTable } from './foreign-tables.ts';

/** The names that a statement may use. */
export interface KnownNames {
  /** Columns of each table, hidden ones and other names of both included. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly functions: readonly string[];
}

/** SQLite's complaints about a name, and what kind of name it is. */
const complaint = /^no such (table|column|function): (?:.*\.)?([^.]+)$/;

/**
 * SQLite's message about a name that it does not know, with what a person most likely meant. Any other message stays
 * as it is. Columns are looked for in the tables that the statement names.
 */
export const advise = (message: string, sql: string, known: KnownNames): string => {
  const [, kind, name = ''] = complaint.exec(message) ?? [];
  if (kind === undefined) return message;
  const hint = hintFor(kind, name.toLowerCase(), sql, known);
  return hint === undefined ? message : `${message}; ${hint}`;
};

const hintFor = (kind: string, name: string, sql: string, known: KnownNames): string | undefined => {
  if (kind === 'function') return didYouMean(meant(name, known.functions));
  if (kind === 'column') return columnHint(name, sql, known);
  const platform = platformOfTable(name);
  if (platform !== undefined) return `osquery has that table on ${platform} only`;
  return didYouMean(meant(name, [...known.columns.keys()]));
};

/** Fewer letters begin too many names. */
const telling = 3;

/** The known name that is near, or else the shortest that begins so. */
const meant = (name: string, known: readonly string[]): string | undefined => {
  const near = nearest(name, known);
  if (near !== undefined || name.length < telling) return near;
  const [shortest] = known
    .filter((each) => each.startsWith(name))
    .toSorted((one, other) => one.length - other.length);
  return shortest;
};

const columnHint = (name: string, sql: string, { columns }: KnownNames): string | undefined => {
  const words = new Set(sql.toLowerCase().match(/\w+/g) ?? []);
  const named = [...columns].filter(([table]) => words.has(table));
  const owner = named.find(([, names]) => names.includes(name));
  if (owner !== undefined) return `${owner[0]} has it, but not there`;
  const near = meant(name, [...new Set(named.flatMap(([, names]) => names))]);
  if (near !== undefined) return didYouMean(near);
  const [only] = named;
  if (only === undefined || named.length > 1) return undefined;
  return `${only[0]} has ${only[1].slice(0, mostColumns).join(', ')}${only[1].length > mostColumns ? ', …' : ''}`;
};
/** Columns that are told when none is near: more would hide the message. */
const mostColumns = 12;

const didYouMean = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : `did you mean ${name}?`;

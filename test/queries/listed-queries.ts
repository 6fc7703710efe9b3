import { readFileSync } from 'node:fs';
import { sharedPath } from '../shared.ts';

/** A query that people run, as the shared reference data lists it. */
export interface ListedQuery {
  readonly id: string;
  readonly sql: string;
  readonly tables: readonly string[];
  /** Names of the result columns; absent where `*` meets a hidden column. */
  readonly resultColumns?: readonly string[];
  /** Seconds between two runs, and the options of its pack, where its source gives them. */
  readonly interval?: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The queries that people run; undefined without the shared data. */
export const listedQueries = (): readonly ListedQuery[] | undefined => {
  const path = sharedPath('data/queries.json');
  if (path === undefined) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly queries: readonly ListedQuery[] }).queries;
};

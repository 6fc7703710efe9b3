import { type ConstructedTable, pathColumn } from '../../protocol/config-tables.ts';
import type { HostFiles } from '../../protocol/host-files.ts';
import { type Column, type PureTable, type TableQuery, text } from '../../protocol/table.ts';
import { parsePathPattern } from '../parsers/path-pattern.ts';
import { pathsLike } from './paths-like.ts';

/**
 * A table over SQLite files of the host, as the config declares it: the rows that a statement gives on each file which
 * the pattern finds, all as text, each with the path of its file. A file that cannot be read warns, and the others are
 * read.
 */
export const constructedTable = ({ name, sql, path, columns }: ConstructedTable): PureTable => {
  const isOwnPath = columns.some((column) => column.toLowerCase() === pathColumn);
  const declared: readonly (readonly [string, Column])[] = columns.map((column) => [column, text()]);
  return {
    name,
    description: `What a statement of the config gives on ${path}.`,
    columns: Object.fromEntries(
      isOwnPath ? declared : [...declared, [pathColumn, text({ additional: true })]],
    ),
    *generate(query) {
      for (const file of wantedFiles(query, path, isOwnPath)) {
        const read = { files: query.files, path: file, sql, parameters: [], textsOf: columns };
        for (const values of query.readDatabase(read)) {
          const row = Object.fromEntries(
            columns.map((column, index) => [column, values[index] ?? undefined]),
          );
          yield isOwnPath ? row : { ...row, [pathColumn]: file };
        }
      }
    },
  };
};

/** The files of the pattern; where the statement names paths, those among them. */
function* wantedFiles(query: TableQuery, pattern: string, isOwnPath: boolean): Generator<string> {
  const asked = isOwnPath ? undefined : query.equals(pathColumn);
  const wanted = asked === undefined ? undefined : new Set(asked);
  for (const path of filesLike(query.files, pattern)) {
    if (wanted === undefined || wanted.has(path)) yield path;
  }
}

/** In osquery a `*` of glob(3) stands for what a `%` stands for. */
function* filesLike(files: HostFiles, pattern: string): Generator<string> {
  const parsed = parsePathPattern(pattern.replaceAll('*', '%'));
  if (parsed === undefined) return;
  for (const { path, kind } of pathsLike(files, parsed)) if (kind !== 'directory') yield path;
}

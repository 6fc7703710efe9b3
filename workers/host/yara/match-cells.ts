import { type Column, integer, text } from '../../../protocol/table.ts';
import type { MatchingRule } from './yara-engine.ts';

/** Columns of a table that shows matches, after the one that says where: `matchCells` and `ruleSets` fill them. */
export const matchColumns: Readonly<
  Record<'matches' | 'sig_group' | 'sigfile' | 'sigrule' | 'strings' | 'tags' | 'sigurl', Column<'TEXT'>> &
    Record<'count' | 'pid_with_namespace', Column<'INTEGER'>>
> = {
  matches: text(),
  count: integer(),
  sig_group: text({ additional: true }),
  sigfile: text({ additional: true }),
  sigrule: text({ additional: true, hidden: true }),
  strings: text(),
  tags: text(),
  sigurl: text({ additional: true, hidden: true }),
  pid_with_namespace: integer({ additional: true, hidden: true }),
};

/** What a row tells of the rules that match. */
export interface MatchCells {
  readonly matches: string;
  readonly count: number;
  readonly strings: string;
  readonly tags: string;
}

/** Places named in one cell. */
const placesMax = 10_000;

/**
 * The cells as osquery writes them: names with commas between, and of strings, where they may be told, `$name:offset` in
 * hexadecimal. `placeOf` gives what an offset is called.
 */
export const matchCells = (
  matching: readonly MatchingRule[],
  showsStrings: boolean,
  placeOf: (offset_bytes: number) => number = (offset_bytes) => offset_bytes,
): MatchCells => {
  const places = showsStrings ? matching.flatMap(({ strings }) => strings).slice(0, placesMax) : [];
  return {
    matches: matching.map(({ identifier }) => identifier).join(','),
    count: matching.length,
    strings: places
      .map(({ identifier, offset_bytes }) => `${identifier}:${placeOf(offset_bytes).toString(16)}`)
      .join(','),
    tags: matching.flatMap(({ tags }) => tags).join(','),
  };
};

import { cellText } from '../../supervisor/cell-text.ts';
import type { FormatOptions, RowFormatter } from './formatter.ts';

/** A column is at least this wide unless `.width` says otherwise. */
const minWidth = 10;
const gap = '  ';

/**
 * `.mode column`: left-aligned columns under a rule, longer values cut. A width that `.width` did not set (or set to
 * 0) is that of the name or of the first row's value; a negative one aligns to the right. Widths count bytes, as C's
 * `%-*.*s` does.
 */
export const columnFormatter = ({ header, nullvalue, widths: asked = [] }: FormatOptions): RowFormatter => {
  let names: readonly string[] = [];
  let widths: readonly number[] | undefined;
  const draw = (cells: readonly string[], by: readonly number[]): string =>
    `${cells.map((cell, index) => fitted(cell, by[index] ?? minWidth)).join(gap)}\n`;
  const begin = (first: readonly string[]): string => {
    widths = names.map((name, index) => {
      const wish = asked[index] ?? 0;
      return wish === 0 ? Math.max(bytesOf(name), minWidth, bytesOf(first[index] ?? '')) : wish;
    });
    if (!header) return '';
    const rule = widths.map((width) => '-'.repeat(Math.abs(width)));
    return `${draw(names, widths)}${draw(rule, widths)}`;
  };
  return {
    begin: (columns) => {
      names = columns.map(({ name }) => name);
      return '';
    },
    row: (row) => {
      const cells = row.map((cell) => cellText(cell) ?? nullvalue);
      const head = widths === undefined ? begin(cells) : '';
      return `${head}${draw(cells, widths ?? [])}`;
    },
    end: () => '',
  };
};

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Cuts at a whole character, so that less than the width may be left, and fills up with blanks. */
const fitted = (text: string, width: number): string => {
  const room = Math.abs(width);
  let shown = text;
  if (bytesOf(text) > room) {
    shown = '';
    let used = 0;
    for (const character of text) {
      used += bytesOf(character);
      if (used > room) break;
      shown += character;
    }
  }
  const blanks = ' '.repeat(room - bytesOf(shown));
  return width < 0 ? `${blanks}${shown}` : `${shown}${blanks}`;
};

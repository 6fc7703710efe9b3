import { cellText } from '../../supervisor/cell-text.ts';
import type { FormatOptions, RowFormatter } from './formatter.ts';

/** A box as osqueryi draws it, widths in code points. Keeps all rows, for the widths; an empty result prints nothing. */
export const tableFormatter = ({ nullvalue }: FormatOptions): RowFormatter => {
  let widths: number[] = [];
  const lines: (readonly string[])[] = [];
  const keep = (cells: readonly string[]): string => {
    widths = cells.map((cell, index) => Math.max(widths[index] ?? 0, lengthOf(cell)));
    lines.push(cells);
    return '';
  };
  return {
    begin: (columns) => keep(columns.map(({ name }) => name)),
    row: (row) => keep(row.map((cell) => cellText(cell) ?? nullvalue)),
    end: () => {
      const [header, ...rows] = lines;
      if (header === undefined || rows.length === 0) return '';
      const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
      return `${rule}${draw(header, widths)}${rule}${rows.map((row) => draw(row, widths)).join('')}${rule}`;
    },
  };
};

const draw = (cells: readonly string[], widths: readonly number[]): string =>
  `|${cells.map((cell, index) => ` ${cell}${' '.repeat((widths[index] ?? 0) - lengthOf(cell))} `).join('|')}|\n`;

const printable = /^[ -~]*$/;

const lengthOf = (text: string): number => (printable.test(text) ? text.length : [...text].length);

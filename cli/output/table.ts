import { styleText } from 'node:util';
import type { CellRow, ResultColumn } from '../../protocol/cell.ts';
import { cellText } from '../../supervisor/cell-text.ts';
import type { FormatOptions, RowFormatter } from './formatter.ts';
import { lineFormatter } from './line.ts';

/** A box as osqueryi draws it, widths in code points. Keeps all rows, for the widths; an empty result prints nothing. */
export const tableFormatter = (options: FormatOptions): RowFormatter => {
  const { nullvalue, colours = false, fit_columns } = options;
  let columns: readonly ResultColumn[] = [];
  let widths: readonly number[] = [];
  const rows: CellRow[] = [];
  const textsOf = (row: CellRow): readonly string[] => row.map((cell) => cellText(cell) ?? nullvalue);
  const widen = (cells: readonly string[]): void => {
    widths = cells.map((cell, index) => Math.max(widths[index] ?? 0, lengthOf(cell)));
  };
  return {
    begin: (named) => {
      columns = named;
      widen(named.map(({ name }) => name));
      return '';
    },
    row: (row) => {
      widen(textsOf(row));
      rows.push(row);
      return '';
    },
    end: () => {
      if (rows.length === 0) return '';
      if (fit_columns !== undefined && boxWidth(widths) > fit_columns) return asLines(columns, rows, options);
      const names = columns.map(({ name }) => name);
      const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
      const body = rows.map((row) => draw(textsOf(row), widths)).join('');
      return `${rule}${draw(names, widths, colours)}${rule}${body}${rule}`;
    },
  };
};

const asLines = (
  columns: readonly ResultColumn[],
  rows: readonly CellRow[],
  options: FormatOptions,
): string => {
  const lines = lineFormatter(options);
  return `${lines.begin(columns)}${rows.map((row) => lines.row(row)).join('')}${lines.end()}`;
};

/** A border and two blanks a cell, and the last border. */
const boxWidth = (widths: readonly number[]): number => widths.reduce((total, width) => total + width + 3, 1);

const draw = (cells: readonly string[], widths: readonly number[], bold = false): string =>
  `|${cells.map((cell, index) => ` ${bold ? emphasised(cell) : cell}${' '.repeat((widths[index] ?? 0) - lengthOf(cell))} `).join('|')}|\n`;

const emphasised = (text: string): string => styleText('bold', text, { validateStream: false });

const printable = /^[ -~]*$/;

const lengthOf = (text: string): number => (printable.test(text) ? text.length : [...text].length);

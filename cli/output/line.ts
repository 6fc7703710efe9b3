import { cellText } from '../../supervisor/cell-text.ts';
import type { FormatOptions, RowFormatter } from './formatter.ts';

const minWidth = 5;

/** `--line`: one `name = value` a line, names right-aligned by their bytes (as C's `%*s`), rows apart by a blank line. */
export const lineFormatter = ({ nullvalue }: FormatOptions): RowFormatter => {
  let labels: readonly string[] = [];
  let first = true;
  return {
    begin: (columns) => {
      const width = Math.max(minWidth, ...columns.map(({ name }) => Buffer.byteLength(name)));
      labels = columns.map(({ name }) => `${' '.repeat(width - Buffer.byteLength(name))}${name}`);
      return '';
    },
    row: (row) => {
      const lines = labels.map((label, index) => `${label} = ${cellText(row[index] ?? null) ?? nullvalue}\n`);
      const text = `${first ? '' : '\n'}${lines.join('')}`;
      first = false;
      return text;
    },
    end: () => '',
  };
};

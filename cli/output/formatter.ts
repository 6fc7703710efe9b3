import type { CellRow, ResultColumn } from '../../protocol/cell.ts';
import { columnFormatter } from './column.ts';
import { delimitedFormatter } from './delimited.ts';
import { jsonFormatter, prettyJsonFormatter } from './json.ts';
import { lineFormatter } from './line.ts';
import { tableFormatter } from './table.ts';

/** osqueryi's output modes; `table` is its `pretty`. Only `.mode` selects `column`. */
export type OutputMode = 'table' | 'column' | 'line' | 'list' | 'csv' | 'json' | 'json_pretty';

/** How values are printed. */
export interface FormatOptions {
  readonly separator: string;
  readonly header: boolean;
  /** Text that stands for NULL. */
  readonly nullvalue: string;
  /** Widths of `column`, from the first column on; 0 or absent: by name and first row. */
  readonly widths?: readonly number[];
  /** Columns of the terminal: a `table` that is wider is shown as `line`, which loses and wraps nothing. */
  readonly fit_columns?: number | undefined;
  /** The names above a `table` in bold. */
  readonly colours?: boolean;
}

export const osqueryFormat: FormatOptions = { separator: '|', header: true, nullvalue: '' };

/** Turns one result into text, row by row. Each call returns what is to be printed now; `table` keeps all to its end. */
export interface RowFormatter {
  begin(columns: readonly ResultColumn[]): string;
  row(row: CellRow): string;
  end(): string;
}

/** The formatter of a mode, for one result. */
export const createFormatter = (mode: OutputMode, options: FormatOptions): RowFormatter => {
  switch (mode) {
    case 'table':
      return tableFormatter(options);
    case 'column':
      return columnFormatter(options);
    case 'line':
      return lineFormatter(options);
    case 'list':
      return delimitedFormatter(options, (text) => text);
    case 'csv':
      return delimitedFormatter(options);
    case 'json':
      return jsonFormatter(options);
    case 'json_pretty':
      return prettyJsonFormatter(options);
  }
};

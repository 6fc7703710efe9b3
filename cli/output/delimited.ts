import { cellText } from '../../supervisor/cell-text.ts';
import type { FormatOptions, RowFormatter } from './formatter.ts';

/** Blanks, control characters, both quotes and everything that is not ASCII: what SQLite's shell quotes in CSV. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const needsQuotes = /[\u0000- "'\u007f-\u{10ffff}]/u;

const quoteCsv = (text: string, separator: string): string =>
  text === '' || needsQuotes.test(text) || (separator !== '' && text.includes(separator))
    ? `"${text.replaceAll('"', '""')}"`
    : text;

/**
 * `--list` and `--csv`: one row a line. The header comes with the first row, so that an empty result prints
 * nothing. NULL is the `nullvalue` as it stands, an empty text is quoted in CSV.
 */
export const delimitedFormatter = (
  { separator, header, nullvalue }: FormatOptions,
  quote: (text: string, separator: string) => string = quoteCsv,
): RowFormatter => {
  let pendingHeader = '';
  return {
    begin: (columns) => {
      if (header) pendingHeader = `${columns.map(({ name }) => quote(name, separator)).join(separator)}\n`;
      return '';
    },
    row: (row) => {
      const cells = row.map((cell) => {
        const text = cellText(cell);
        return text === null ? nullvalue : quote(text, separator);
      });
      const text = `${pendingHeader}${cells.join(separator)}\n`;
      pendingHeader = '';
      return text;
    },
    end: () => '',
  };
};

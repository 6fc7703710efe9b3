import type { CellRow, ResultColumn } from '../../protocol/cell.ts';
import { cellText } from '../../supervisor/cell-text.ts';
import type { FormatOptions, RowFormatter } from './formatter.ts';

/**
 * osqueryi's `--json`: one object a line, all values strings, keys in byte order, of equal names the last one. Results of
 * several statements, each with a `begin` of its own, are one array.
 */
export const jsonFormatter = (options: FormatOptions): RowFormatter => {
  let keys: readonly Key[] | undefined;
  let separator = '';
  return {
    begin: (columns) => {
      const opening = keys === undefined ? '[\n' : '';
      keys = sortedKeys(columns);
      return opening;
    },
    row: (row) => {
      const text = `${separator}  {${members(keys ?? [], row, options, '').join(',')}}`;
      separator = ',\n';
      return text;
    },
    end: () => '\n]\n',
  };
};

/** osqueryi's `--json_pretty`: the same, indented by two blanks a level. */
export const prettyJsonFormatter = (options: FormatOptions): RowFormatter => {
  let keys: readonly Key[] | undefined;
  let rows = 0;
  return {
    begin: (columns) => {
      const opening = keys === undefined ? '[' : '';
      keys = sortedKeys(columns);
      return opening;
    },
    row: (row) => {
      const separator = rows > 0 ? ',' : '';
      rows += 1;
      return `${separator}\n  {\n${members(keys ?? [], row, options, ' ')
        .map((member) => `    ${member}`)
        .join(',\n')}\n  }`;
    },
    end: () => (rows > 0 ? '\n]\n' : ']\n'),
  };
};

interface Key {
  readonly index: number;
  readonly json: string;
}

const sortedKeys = (columns: readonly ResultColumn[]): readonly Key[] => {
  const indexes = new Map(columns.map(({ name }, index) => [name, index]));
  return [...indexes]
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([name, index]) => ({ index, json: jsonString(name) }));
};

const members = (
  keys: readonly Key[],
  row: CellRow,
  options: FormatOptions,
  space: string,
): readonly string[] =>
  keys.map(
    ({ index, json }) => `${json}:${space}${jsonString(cellText(row[index] ?? null) ?? options.nullvalue)}`,
  );

/** RapidJSON, which osquery uses, writes the hex digits of `\u001B` in capitals. */
const jsonString = (text: string): string =>
  JSON.stringify(text).replace(/\\\\|\\u([0-9a-f]{4})/g, (whole, hex?: string) =>
    hex === undefined ? whole : `\\u${hex.toUpperCase()}`,
  );

import type { LineOptions } from '../../platform/ledger.ts';
import type { Cell, CellRow, ResultColumn } from '../../protocol/cell.ts';
import { cutAtNul } from '../../protocol/cut-at-nul.ts';
import { escapeBytes, escapeText } from './escape.ts';

/** A row as osquery keeps it: values by column name, in name order; of a repeated name the last one counts. */
export type RowMap = Readonly<Record<string, Cell>>;

/** Which cell stands under which name, in name order. */
export type RowShape = readonly { readonly name: string; readonly index: number; readonly key: string }[];

/** The shape of a result: names sorted by their bytes, of duplicates the last. */
export const shapeOf = (columns: readonly ResultColumn[]): RowShape => {
  const indexes = new Map(columns.map((column, index) => [column.name, index]));
  return [...indexes]
    .map(([name, index]) => ({ name, index, key: `${JSON.stringify(name)}:` }))
    .sort((one, other) => compareText(one.name, other.name));
};

/**
 * The canonical texts of rows: JSON with typed cells in name order. Two rows are equal exactly when their texts
 * are; the differential compares and stores nothing else. Texts are escaped as differential results are. NULL is the text
 * that stands for it in a line (`nullvalue`), as in osquery: what looks the same is no change.
 */
export const canonicalTexts = (
  shape: RowShape,
  rows: readonly CellRow[],
  nullvalue: string,
): readonly string[] => {
  const whole = wholeRows(shape, nullvalue);
  return rows.map((row) => whole?.(row) ?? canonicalText(shape, row, nullvalue));
};

/**
 * Most rows are canonical as JSON.stringify writes them: all but those with a blob, and those in which something was
 * escaped, which shows as a backslash. One call a row is faster than one a cell, and its text is one piece, where a text
 * that was put together is copied again when it is compared. Undefined for names that an object would reorder.
 */
const wholeRows = (
  shape: RowShape,
  nullvalue: string,
): ((row: CellRow) => string | undefined) | undefined => {
  const names = shape.map(({ name }) => name);
  const members: Record<string, Cell> = Object.fromEntries(names.map((name) => [name, null]));
  if (names.includes('__proto__') || Object.keys(members).some((name, index) => name !== names[index]))
    return undefined;
  return (row) => {
    for (const { name, index } of shape) {
      const cell = row[index] ?? nullvalue;
      if (typeof cell === 'object' && 'blob' in cell) return undefined;
      members[name] = cell;
    }
    const text = JSON.stringify(members);
    return text.includes('\\') ? undefined : text;
  };
};

const canonicalText = (shape: RowShape, row: CellRow, nullvalue: string): string => {
  let text = '{';
  for (const { index, key } of shape) {
    if (text.length > 1) text += ',';
    text += key + canonicalCell(row[index] ?? nullvalue);
  }
  return `${text}}`;
};

const canonicalCell = (cell: NonNullable<Cell>): string => {
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'string') return canonicalString(cell);
  if ('blob' in cell) return JSON.stringify(escapeBytes(Buffer.from(cell.blob, 'base64')));
  return JSON.stringify(cell);
};

/** What JSON writes without a backslash holds no control character: most texts are not looked at twice. */
const canonicalString = (text: string): string => {
  const json = JSON.stringify(text);
  return json.includes('\\') ? JSON.stringify(escapeText(cutAtNul(text))) : json;
};

/** Values of a row that is logged as it is (snapshots are not escaped). */
export const plainRow = (shape: RowShape, row: CellRow): RowMap =>
  Object.fromEntries(shape.map(({ name, index }) => [name, plainCell(row[index] ?? null)]));

const plainCell = (cell: Cell): Cell => {
  if (typeof cell === 'string') return cutAtNul(cell);
  if (cell === null || typeof cell === 'number' || !('blob' in cell)) return cell;
  return cutAtNul(Buffer.from(cell.blob, 'base64').toString('utf8'));
};

/** A row as it stands in a log line, as JSON text. `numerics` keeps numbers as JSON numbers. */
export const renderRow = (row: RowMap, options: RowOptions): string => {
  const members = Object.entries(row).map(
    ([name, cell]) => `${JSON.stringify(name)}:${renderCell(cell, options)}`,
  );
  return `{${members.join(',')}}`;
};

type RowOptions = Pick<LineOptions, 'numerics' | 'nullvalue'>;

const renderCell = (cell: Cell, { numerics, nullvalue }: RowOptions): string => {
  if (typeof cell === 'string') return JSON.stringify(cell);
  const text = rowText(cell, nullvalue);
  if (cell === null || (typeof cell === 'object' && 'blob' in cell)) return JSON.stringify(text);
  return numerics && Number.isFinite(Number(text)) ? text : `"${text}"`;
};

/** A value as the text that osquery makes of it in logs, results and answers; a shell prints doubles otherwise. */
export const rowText = (cell: Cell, nullvalue: string): string => {
  if (cell === null) return nullvalue;
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return String(cell);
  if ('int' in cell) return cell.int;
  return 'blob' in cell ? Buffer.from(cell.blob, 'base64').toString('utf8') : doubleText(cell.real);
};

/** A double with 15 significant digits and a forced `.0` (C's `%.15g`); infinity is `inf.0`. */
export const doubleText = (value: number | 'Infinity' | '-Infinity'): string => {
  if (value === 'Infinity') return 'inf.0';
  if (value === '-Infinity') return '-inf.0';
  const text = percentG(value);
  return text.includes('.') ? text : `${text}.0`;
};

/** C's `%.15g`: fixed between 1e-5 and 1e15, else exponent of two digits at least; no trailing zeros. */
const percentG = (value: number): string => {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = value.toExponential(14).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -5 + 1 && exponent < 15) return trimZeros(value.toFixed(Math.max(0, 14 - exponent)));
  const sign = exponent < 0 ? '-' : '+';
  return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
};

const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);

/**
 * Order of row maps, as C++ orders maps: column by column, first by its name (rows of another statement have others), then
 * by its value: numbers by value, texts by their bytes; what has no further column comes first.
 */
export const compareRows = (one: RowMap, other: RowMap): number => {
  const others = Object.entries(other);
  for (const [index, [name, cell]] of Object.entries(one).entries()) {
    const [otherName, otherCell] = others[index] ?? [undefined, null];
    if (otherName === undefined) return 1;
    const order = compareText(name, otherName) || compareCells(cell, otherCell);
    if (order !== 0) return order;
  }
  return Object.keys(one).length - others.length;
};

const compareCells = (one: Cell, other: Cell): number => {
  const [left, right] = [numberOf(one), numberOf(other)];
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0;
  if (left !== undefined || right !== undefined) return left === undefined ? 1 : -1;
  return compareText(typeof one === 'string' ? one : '', typeof other === 'string' ? other : '');
};

const numberOf = (cell: Cell): number | bigint | undefined => {
  if (typeof cell === 'number') return cell;
  if (cell === null || typeof cell === 'string') return undefined;
  if ('int' in cell) return BigInt(cell.int);
  return 'real' in cell ? Number(cell.real) : undefined;
};

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

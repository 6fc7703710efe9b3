import type { TableColumnType, TableValue } from '../table.ts';

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n } as const;
const mostUnsigned = 2n ** 64n - 1n;

/**
 * A cell of an extension's row, typed by its column. Everything is text on the wire, or bytes where bytes were asked
 * for. What is no number of the column's type is NULL, as osquery has it; a column that a row does not have is
 * undefined.
 */
export const readCell = (type: TableColumnType, value: string | Uint8Array | undefined): TableValue => {
  if (value === undefined) return undefined;
  if (type === 'BLOB') return value;
  const text = typeof value === 'string' ? value : new TextDecoder().decode(value);
  switch (type) {
    case 'TEXT':
      return text;
    case 'DOUBLE':
      return readDouble(text);
    case 'INTEGER':
    case 'BIGINT':
      return readWhole(text, int64.least, int64.most);
    case 'UNSIGNED_BIGINT':
      return readWhole(text, 0n, mostUnsigned);
  }
};

/** A value as the wire carries it; NULL has no other form than ''. */
export const writeCell = (value: TableValue): string | Uint8Array => {
  if (value === null || value === undefined) return '';
  return value instanceof Uint8Array ? value : String(value);
};

/** Decimal, octal with a leading 0 and hexadecimal, as C's strtoll reads them with base 0. */
const readWhole = (text: string, least: bigint, most: bigint): number | bigint | null => {
  const match = /^\s*([+-]?)(?:(0[xX][0-9a-fA-F]{1,16})|(0[0-7]{0,22})|([1-9]\d{0,19}))$/.exec(text);
  if (match === null) return null;
  const [, sign, hex, octal, decimal] = match;
  const magnitude = BigInt(hex ?? (octal === undefined ? (decimal ?? '0') : `0o0${octal.slice(1)}`));
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < least || value > most) return null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
};

const readDouble = (text: string): number | null => {
  const plain = text.trim();
  if (/^[+-]?inf(inity)?$/i.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  return Number(plain);
};

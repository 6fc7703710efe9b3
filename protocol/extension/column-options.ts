import type { Collation, Column, ColumnOptions, TableColumnType } from '../table.ts';

/** Bits of a column's options on the wire (protocols of osquery: `op` of a column's route info). */
const bits = { index: 1, required: 2, additional: 4, optimized: 8, hidden: 16 } as const;

/** Collations and their bits, in osquery's order. */
const collationBits: Readonly<Record<Collation, number>> = {
  BINARY: 32,
  NOCASE: 64,
  RTRIM: 128,
  VERSION: 256,
  VERSION_ARCH: 512,
  VERSION_DPKG: 1024,
  VERSION_RHEL: 2048,
};

const flagNames = ['index', 'required', 'additional', 'optimized', 'hidden'] as const;
const collations = Object.entries(collationBits) as readonly [Collation, number][];

/** The bit mask of a column's options. */
export const optionMask = (column: ColumnOptions): number => {
  const flags = flagNames.reduce((mask, name) => (column[name] ? mask | bits[name] : mask), 0);
  return column.collate === undefined ? flags : flags | collationBits[column.collate];
};

/** Options that a bit mask stands for. Unknown bits mean nothing to us; of several collations the first one counts. */
export const optionsOf = (mask: number): ColumnOptions => {
  const options: { -readonly [K in keyof ColumnOptions]: ColumnOptions[K] } = {};
  for (const name of flagNames) if ((mask & bits[name]) !== 0) options[name] = true;
  const collation = collations.find(([, bit]) => (mask & bit) !== 0);
  if (collation !== undefined) options.collate = collation[0];
  return options;
};

/**
 * Whether a row that is written has to have a value in this column: osquery's key columns, whose mask is exactly INDEX
 * or exactly REQUIRED.
 */
export const mayBeNull = (column: Column): boolean => {
  const mask = optionMask(column);
  return mask !== bits.index && mask !== bits.required;
};

/** A column type as the wire spells it. */
export const typeName = (type: TableColumnType): string =>
  type === 'UNSIGNED_BIGINT' ? 'UNSIGNED BIGINT' : type;

/** The type that a name on the wire stands for; undefined when there is none of that name. */
export const typeNamed = (name: string): TableColumnType | undefined => {
  switch (name) {
    case 'TEXT':
    case 'INTEGER':
    case 'BIGINT':
    case 'DOUBLE':
    case 'BLOB':
      return name;
    case 'UNSIGNED BIGINT':
    case 'UNSIGNED_BIGINT':
      return 'UNSIGNED_BIGINT';
    default:
      return undefined;
  }
};

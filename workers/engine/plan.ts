import type { ConstraintOperator } from '../../protocol/table.ts';
import { isPushed, type TableShape } from './table-shape.ts';

/** One constraint as SQLite offers it to xBestIndex. */
export interface Offer {
  /** Column index; meaningless for LIMIT and OFFSET; negative for the rowid. */
  readonly column: number;
  /** SQLITE_INDEX_CONSTRAINT_* */
  readonly operator: number;
  /** False when the right side is not known in this join order. */
  readonly usable: boolean;
  /** Whether all values of an IN list can be had at once. */
  readonly isList: boolean;
  /** Collation that the comparison uses. */
  readonly collation: string;
}

/** What SQLite asks in one xBestIndex call. */
export interface Question {
  readonly offers: readonly Offer[];
  /** True when the statement wants an order that SQLite has to make. */
  readonly ordered: boolean;
  readonly used: ColumnMask;
}

/** Whose constraint an argument is. */
interface PushedColumn {
  readonly column: string;
  /** SQLite compares a text that looks like a number as that number. */
  readonly comparesNumbers: boolean;
}

/** What a used constraint's argument means to the scan. */
export type Argument =
  | (PushedColumn & {
      readonly kind: 'constraint';
      readonly operator: ConstraintOperator;
      /** No row has an empty text in the column. */
      readonly isFilled: boolean;
    })
  | (PushedColumn & { readonly kind: 'list' })
  | { readonly kind: 'limit' }
  | { readonly kind: 'offset' };

/** The decision of one xBestIndex call. */
export interface Plan {
  readonly arguments: readonly Argument[];
  /** For each offer the position of its argument from 1, or 0 when it is left to SQLite. */
  readonly positions: readonly number[];
  readonly cost: number;
  /** Which columns the statement reads (colUsed), as two 32-bit halves. */
  readonly used: ColumnMask;
  readonly missingRequired: boolean;
  /** The statement writes a table. */
  readonly writes: boolean;
}

/** sqlite3_index_info.colUsed; bit 63 stands for every column from the 64th on. */
export interface ColumnMask {
  readonly low: number;
  readonly high: number;
}

/** SQLITE_INDEX_CONSTRAINT_* codes that reach tables. */
const operators: Readonly<Record<number, ConstraintOperator>> = {
  2: '=',
  4: '>',
  8: '<=',
  16: '<',
  32: '>=',
  64: 'MATCH',
  65: 'LIKE',
  66: 'GLOB',
  67: 'REGEXP',
};
const ranges: ReadonlySet<ConstraintOperator> = new Set(['>', '<=', '<', '>=']);
const limitOperator = 73;
const offsetOperator = 74;

/**
 * osquery's costs: a scan, a scan narrowed by a pushed constraint (see `isNarrowing`), and what an ignored text range adds.
 */
const scanCost = 1_000_000;
const narrowedCost = 1;
const ignoredRangeCost = 10;
/** Dearer than any order of joins that supplies the required column, so that such an order is found. */
const missingRequiredCost = 1e12;

/** Decides which constraints the table is told about. Pure; SQLite checks every row again. */
export const planScan = (shape: TableShape, { offers, ordered, used }: Question, writes: boolean): Plan => {
  const pushed: Argument[] = [];
  let narrowed = false;
  let ignoredRanges = 0;
  let requiredSeen = shape.required.length === 0;
  const positions = offers.map((offer) => {
    const verdict = pushable(shape, offer);
    if (verdict === 'ignored_range') ignoredRanges += 1;
    if (verdict === undefined || verdict === 'ignored_range') return 0;
    if (shape.required.includes(verdict.column)) requiredSeen = true;
    if (isNarrowing(shape, verdict)) narrowed = true;
    pushed.push(verdict);
    return pushed.length;
  });
  if (requiredSeen) pushLimit(offers, ordered, pushed, positions);
  const base = requiredSeen ? (narrowed ? narrowedCost : scanCost) : missingRequiredCost;
  return {
    arguments: pushed,
    positions,
    cost: base + ignoredRanges * ignoredRangeCost,
    used,
    missingRequired: !requiredSeen,
    writes,
  };
};

type Pushed = Extract<Argument, { column: string }>;

/**
 * In osquery every pushed constraint makes a scan cheap. A pattern or a range saves a table no work, though, but where it
 * says what to look for at all: a join took a scan with a pattern for each row for as good as a look-up.
 */
const isNarrowing = ({ required }: TableShape, argument: Pushed): boolean =>
  argument.kind === 'list' || argument.operator === '=' || required.includes(argument.column);

const pushable = (shape: TableShape, offer: Offer): Pushed | 'ignored_range' | undefined => {
  const operator = operators[offer.operator];
  const column = shape.columns[offer.column];
  if (operator === undefined || column === undefined || !offer.usable) return undefined;
  const { declared } = column;
  if (!isPushed(declared)) return undefined;
  if (ranges.has(operator) && declared.type === 'TEXT') return 'ignored_range';
  // A table compares bytes; under another collation it would leave out rows that SQLite wants.
  const collation = declared.collate ?? 'BINARY';
  if (operator === '=' && offer.collation !== 'BINARY' && offer.collation !== collation) return undefined;
  const name = shape.columns[column.target]?.name ?? column.name;
  const comparesNumbers =
    declared.type !== 'TEXT' && declared.type !== 'BLOB' && (operator === '=' || ranges.has(operator));
  return offer.isList && declared.optimized === true
    ? { kind: 'list', column: name, comparesNumbers }
    : { kind: 'constraint', column: name, operator, comparesNumbers, isFilled: declared.filled === true };
};

/**
 * LIMIT tells how many rows are wanted only when nothing stands between the table and the result: no other
 * constraint (SQLite would drop rows after the table stopped) and no order to be made.
 */
const pushLimit = (
  offers: readonly Offer[],
  ordered: boolean,
  pushed: Argument[],
  positions: number[],
): void => {
  const isLimit = (offer: Offer): boolean =>
    offer.operator === limitOperator || offer.operator === offsetOperator;
  if (ordered || !offers.every((offer) => isLimit(offer) && offer.usable)) return;
  offers.forEach((offer, index) => {
    pushed.push({ kind: offer.operator === limitOperator ? 'limit' : 'offset' });
    positions[index] = pushed.length;
  });
};

/** Whether the scan gives only rows that satisfy a constraint. */
export const narrows = (plan: Plan): boolean =>
  plan.arguments.some(({ kind }) => kind === 'constraint' || kind === 'list');

/** Names of the columns that the statement reads, those behind other names included. */
export const columnsUsed = ({ columns }: TableShape, { used }: Plan): ReadonlySet<string> =>
  new Set(
    columns.flatMap(({ target }, index) => (readsColumn(used, index) ? [columns[target]?.name ?? ''] : [])),
  );

/** Whether the statement reads the column with this index. */
export const readsColumn = (used: ColumnMask, index: number): boolean => {
  const bit = Math.min(index, 63);
  const half = bit < 32 ? used.low : used.high;
  return (half & (1 << (bit & 31))) !== 0;
};

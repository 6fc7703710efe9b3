import type { Columns, RowOf, TableColumnType, TableDeclaration, TableQuery } from '../../protocol/table.ts';

/** A row as `generate` gives it. What writes change is found again by `rowid`; absent: the number of the row. */
export type ExtensionRow<C extends Columns> = RowOf<C> & { readonly rowid?: number | bigint };

type WrittenValue<Type extends TableColumnType> = Type extends 'TEXT' | 'BLOB'
  ? string | null
  : Type extends 'DOUBLE'
    ? number | null
    : number | bigint | null;

/** A row that SQL writes: a value for every column; a blob comes as text, the only form that the protocol has for it. */
export type WrittenRow<C extends Columns> = { readonly [K in keyof C]: WrittenValue<C[K]['type']> };

/** A write that was not done, with the reason for who asked. Made with `refuse`. */
export interface Refusal {
  readonly refused: 'readonly' | 'constraint' | 'failure';
  readonly message: string;
}

/**
 * Says no to a write: `readonly` (this row cannot be written), `constraint` (it does not fit what is there), `failure`
 * (it was tried and went wrong).
 */
export const refuse = (refused: Refusal['refused'], message: string): Refusal => ({ refused, message });

/**
 * A table of an extension: what a built-in table declares, with rows that may also be waited for, and with handlers for
 * writes. A write that has no handler is refused as `readonly`. Whatever a function throws becomes the message of a
 * failed query, and the extension goes on.
 */
export interface ExtensionTable<C extends Columns = Columns> extends TableDeclaration<C> {
  /** Rows for one scan, at once, one by one, or as they come. */
  generate(
    query: TableQuery<C>,
  ):
    | Iterable<ExtensionRow<C>>
    | AsyncIterable<ExtensionRow<C>>
    | Promise<Iterable<ExtensionRow<C>> | AsyncIterable<ExtensionRow<C>>>;
  /** INSERT. Gives the new row's id; `rowid` is there when SQL chose it. */
  insert?(
    row: WrittenRow<C>,
    rowid: bigint | undefined,
  ): number | bigint | Refusal | Promise<number | bigint | Refusal>;
  /** UPDATE of the row with this id. `newRowid` is there when the id itself changes. */
  update?(
    rowid: bigint,
    row: WrittenRow<C>,
    newRowid: bigint | undefined,
  ): undefined | Refusal | Promise<undefined | Refusal>;
  /** DELETE of the row with this id. */
  remove?(rowid: bigint): undefined | Refusal | Promise<undefined | Refusal>;
}

/**
 * Declares a table of an extension; the types of rows, constraints and writes follow from `columns`. A table of Leash
 * itself that needs no network is one too.
 */
export const defineTable = <const C extends Columns>(table: ExtensionTable<C>): ExtensionTable<C> => table;

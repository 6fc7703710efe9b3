/** How large one message may be, checked against what it declares before any of it is kept or built. */
export interface WireLimits {
  /** From its first byte to its last. */
  readonly message_bytes: number;
  readonly string_bytes: number;
  /** Items of one list, set or map. */
  readonly items: number;
  /** Values of every kind and at every depth together; of a stream of rows: of one row. */
  readonly values: number;
  /** Structs, maps, sets and lists within one another. */
  readonly depth: number;
}

/** What the daemon takes from an extension: registrations, statuses, SQL. An honest one needs a depth of 5. */
export const controlLimits: WireLimits = {
  message_bytes: 256 * 1024,
  string_bytes: 128 * 1024,
  items: 16_384,
  values: 65_536,
  depth: 16,
};

/**
 * What the daemon takes from a config plugin: a source may be as long as a config file (4 MiB), since that bounds the
 * work of reading it either way.
 */
export const configLimits: WireLimits = {
  ...controlLimits,
  message_bytes: 4 * 1024 * 1024 + controlLimits.message_bytes,
  string_bytes: 4 * 1024 * 1024,
};

/** How much of a table's answer a worker takes. */
export interface RowLimits extends WireLimits {
  readonly rows: number;
  /** One row, and what came with it: all that is held at a time. */
  readonly row_bytes: number;
}

/** Widest row of a table: SQLite has at most 2,000 columns, each a name and a value. */
const rowValues = 4_001;
/** SQLite takes no value over 16 MiB here (SQLITE_LIMIT_LENGTH); a row is held whole until it is complete. */
const longestValue_bytes = 16 * 1024 * 1024;
const largestRow_bytes = 2 * longestValue_bytes;

/** Limits for the answer of a table under the caps of a query: rows, and bytes on the wire. */
export const rowLimits = (rows: number, answer_bytes: number): RowLimits => ({
  rows,
  message_bytes: answer_bytes,
  string_bytes: Math.min(answer_bytes, longestValue_bytes),
  row_bytes: largestRow_bytes,
  // One more than the cap: whether there is one row too many is said by the cap, which knows the words for it.
  items: Number.MAX_SAFE_INTEGER,
  values: rowValues,
  depth: controlLimits.depth,
});

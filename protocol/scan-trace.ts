/** What the scans of one table in one statement came to. A join may scan a table once for each row of another. */
export interface ScanTrace {
  readonly table: string;
  /** Constraints that the table was told, as `column operator`, joined with commas; LIMIT and OFFSET among them. */
  readonly constraints: string;
  /** Columns that the statement reads, joined with commas. */
  readonly columns: string;
  readonly scans: number;
  readonly rows: number;
  /** Paths that were touched: opened, listed, looked at. */
  readonly paths: number;
  /** Read from files, and through sockets. */
  readonly read_bytes: number;
  /** Inside the table's own code, waiting for its sockets included. */
  readonly wall_ms: number;
}

/** More scans than this in one query are not traced. */
export const maxScanTraces = 200;

import { constraintReaders } from '../../protocol/constraint-readers.ts';
import type { ScanRequest } from '../../protocol/extension/generate-context.ts';
import type { HostFiles } from '../../protocol/host-files.ts';
import type { Columns, HostFacts, TableQuery, TableValue } from '../../protocol/table.ts';
import type { ExtensionRow, ExtensionTable } from './define-table.ts';

/** What the process lends to every scan. */
export interface ScanHost {
  readonly files: HostFiles;
  readonly host: HostFacts;
  warn(message: string): void;
  /** Resolves when other connections had their turn. */
  turn(): Promise<void>;
}

/** Rows between two looks at whether others wait. */
const batch_rows = 256;

/** What a table is told about a scan. A limit is not: the protocol has no place for it. */
const queryOf = ({ constraints, columnsUsed }: ScanRequest, { files, host, warn }: ScanHost): TableQuery => ({
  uses: (...names) => columnsUsed === undefined || names.some((name) => columnsUsed.has(name)),
  ...constraintReaders(constraints),
  limit: undefined,
  files,
  host,
  askSupervisor: (table): never => {
    throw new Error(`table ${table} of the daemon is not there for an extension; use Daemon.query`);
  },
  readDatabase: (): never => {
    throw new Error(
      'SQLite files are read by tables of Leash itself; an extension brings a library of its own',
    );
  },
  addedTables: (): never => {
    throw new Error('what the daemon can be asked is not known to an extension; use Daemon.query');
  },
  warn,
});

/**
 * Rows of a table for one scan. A table that gives them without waiting is interrupted now and then, so that a ping is
 * answered meanwhile.
 */
export async function* scanTable(
  table: ExtensionTable,
  scan: ScanRequest,
  host: ScanHost,
): AsyncGenerator<Readonly<Record<string, TableValue>>, void, undefined> {
  const rows: Iterable<ExtensionRow<Columns>> | AsyncIterable<ExtensionRow<Columns>> = await table.generate(
    queryOf(scan, host),
  );
  let count = 0;
  // `for await` takes both kinds, and returns the iterator whatever ends the loop.
  for await (const row of rows) {
    yield row;
    count += 1;
    if (count % batch_rows === 0) await host.turn();
  }
}

import { readWriteAnswer, type TableWrite, writeRequest } from '../../protocol/extension/table-writes.ts';
import { result } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { readValue, type SqlValue } from './sql-value.ts';
import { type CurrentRun, shortened } from './table-run.ts';
import type { TableShape } from './table-shape.ts';
import type { VtabStructs } from './vtab-structs.ts';

/** SQLite's codes for what an extension says of a write. */
const codes = { readonly: result.readOnly, constraint: result.constraint, failure: result.error } as const;

/** xUpdate of tables of extensions: SQLite stands still until the extension has answered. Never rejects. */
export class TableWriter {
  readonly #sqlite: RawSqlite;
  readonly #structs: VtabStructs;
  readonly #current: CurrentRun;

  constructor(sqlite: RawSqlite, structs: VtabStructs, current: CurrentRun) {
    this.#sqlite = sqlite;
    this.#structs = structs;
    this.#current = current;
  }

  readonly update = async (vtab: Pointer, count: number, argv: Pointer, rowid: Pointer): Promise<number> => {
    const shape = this.#structs.shapeAt(vtab);
    try {
      if (shape === undefined) return result.error;
      const { memory } = this.#sqlite;
      const values = Array.from({ length: count }, (_, index) =>
        readValue(this.#sqlite, memory.view.getInt32(argv + index * 4, true)),
      );
      return await this.#write(shape, writeOf(shape, values), rowid);
    } catch (error) {
      return this.#current.failed(error, shape);
    }
  };

  async #write(shape: TableShape, write: TableWrite, rowid: Pointer): Promise<number> {
    const { run } = this.#current;
    const { source, title } = shape;
    if (source.kind !== 'extension' || run?.waiting === undefined) return result.error;
    run.guard.check();
    const refused = (code: number, message: string): number => {
      run.failure ??= { reason: 'table_error', message };
      return code;
    };
    const { extension, route } = source;
    const request = writeRequest(route, write);
    if (!request.ok) return refused(result.mismatch, `${title}: datatype mismatch: ${request.error.message}`);
    const { network, until } = run.waiting;
    const call = { extension, table: route.name, request: request.value };
    const answer = await until(network.extensions.change(call));
    if (!answer.ok) throw new Error(answer.error.message);
    const outcome = readWriteAnswer(write, answer.value);
    if (outcome.kind !== 'success') {
      return refused(codes[outcome.kind], `${title} refused the ${write.kind}: ${said(outcome)}`);
    }
    if (write.kind === 'insert') {
      this.#sqlite.memory.view.setBigInt64(rowid, outcome.rowid ?? write.rowid ?? 0n, true);
    }
    return result.ok;
  }
}

const said = ({ kind, message }: { readonly kind: string; readonly message: string }): string =>
  message === '' ? kind : shortened(`${kind}: ${message}`);

/**
 * The change that xUpdate is told of (https://sqlite.org/vtab.html#the_xupdate_method): row id before, row id after, then
 * a value for each column. Another name of a column has a value only where it was inserted under that name.
 */
const writeOf = (shape: TableShape, [before, after, ...all]: readonly SqlValue[]): TableWrite => {
  if (after === undefined) return { kind: 'delete', rowid: wholeOf(before) };
  if (before !== null) {
    const values = all.filter((_, index) => shape.columns[index]?.target === index);
    return { kind: 'update', rowid: wholeOf(before), newRowid: wholeOf(after), values };
  }
  const values: SqlValue[] = [];
  for (const [index, { target }] of shape.columns.entries()) values[target] ??= all[index] ?? null;
  return { kind: 'insert', values, ...(after === null ? {} : { rowid: wholeOf(after) }) };
};

const wholeOf = (value: SqlValue | undefined): bigint =>
  typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : 0n;

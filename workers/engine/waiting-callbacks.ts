import { writeContext } from '../../protocol/extension/generate-context.ts';
import { generateRequest } from '../../protocol/extension/plugin-calls.ts';
import { binaryColumns, type TableRoute } from '../../protocol/extension/table-route.ts';
import type { ExtensionRows } from '../../protocol/host-network.ts';
import { result } from './codes.ts';
import { ExtensionCursor } from './extension-cursor.ts';
import { columnsUsed, narrows } from './plan.ts';
import type { Pointer } from './raw-sqlite.ts';
import type { SuspendingCursor, TableCursor } from './scan-cursor.ts';
import type { BegunScan, TableCallbacks } from './table-callbacks.ts';
import type { CurrentRun, WaitingServices } from './table-run.ts';
import type { VtabStructs } from './vtab-structs.ts';
import { WaitingCursor } from './waiting-cursor.ts';

/** What SQLite calls of a table that waits for a socket: it stands still until the promise is settled. Nothing rejects. */
export class WaitingCallbacks {
  readonly #tables: TableCallbacks;
  readonly #structs: VtabStructs;
  readonly #current: CurrentRun;

  constructor(tables: TableCallbacks, structs: VtabStructs, current: CurrentRun) {
    this.#tables = tables;
    this.#structs = structs;
    this.#current = current;
  }

  /** Ends with the first row. */
  readonly filter = async (
    pointer: Pointer,
    planNumber: number,
    _s: Pointer,
    count: number,
    argv: Pointer,
  ): Promise<number> => {
    const cursor = this.#structs.cursorAt(pointer);
    const waiting = this.#current.run?.waiting;
    try {
      if (cursor === undefined || waiting === undefined) return result.error;
      const scan = this.#tables.beginScan(cursor, planNumber, count, argv);
      if (typeof scan === 'number') return scan;
      return await this.#start(cursor, scan, waiting);
    } catch (error) {
      return this.#current.failed(error, cursor?.shape);
    }
  };

  /** Rows that are there already are taken without a promise, which costs more than the row. */
  readonly next = (pointer: Pointer): number | Promise<number> => {
    const cursor = this.#structs.cursorAt(pointer);
    const suspends = cursor instanceof WaitingCursor || cursor instanceof ExtensionCursor;
    return suspends && cursor.isComing ? this.#nextComing(cursor) : this.#tables.next(pointer);
  };

  async #start(cursor: TableCursor, scan: BegunScan, waiting: WaitingServices): Promise<number> {
    const { until, network } = waiting;
    const { source } = cursor.shape;
    if (cursor instanceof ExtensionCursor && source.kind === 'extension') {
      const { plan } = scan;
      // Branches of an OR are parted by row numbers. Who writes a row names it by its place, as osquery does.
      const keyed = narrows(plan) && !plan.writes && cursor.shape.keys.length > 0;
      const { extension, route } = source;
      const rows = rowsOf(waiting, extension, route, scan, cursor);
      const watched = rows && scan.run.traces?.batches(plan, cursor.shape, rows);
      await cursor.startWaiting(watched ?? rows, keyed, until);
      return result.ok;
    }
    if (!(cursor instanceof WaitingCursor) || source.kind !== 'built_in') return result.error;
    const query = this.#tables.queryOf(cursor.shape, scan);
    if (query === undefined || source.table.needs !== 'net') cursor.start([]);
    else {
      const { table } = source;
      const rows = (): ReturnType<typeof table.generate> => table.generate({ ...query, network });
      const watched = scan.run.traces?.rowsWaiting(scan.plan, cursor.shape, rows);
      await cursor.startWaiting(watched ?? rows(), until);
    }
    return result.ok;
  }

  async #nextComing(cursor: SuspendingCursor): Promise<number> {
    const { run } = this.#current;
    try {
      run?.guard.check();
      if (run?.waiting === undefined) return result.error;
      await cursor.advanceWaiting(run.waiting.until);
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, cursor.shape);
    }
  }
}

/** Calls `generate` of an extension; undefined when no row can satisfy the statement. */
const rowsOf = (
  { network }: WaitingServices,
  extension: Parameters<WaitingServices['network']['extensions']['rows']>[0]['extension'],
  route: TableRoute,
  { plan, pushed }: BegunScan,
  { shape }: TableCursor,
): ExtensionRows | undefined => {
  if (pushed === undefined) return undefined;
  const context = writeContext(route.columns, {
    constraints: pushed.constraints,
    columnsUsed: columnsUsed(shape, plan),
  });
  const call = { extension, table: route.name, request: generateRequest(context) };
  return network.extensions.rows(call, binaryColumns(route));
};

import { readTableCall } from '../../protocol/extension/read-table-call.ts';
import { writeCell } from '../../protocol/extension/table-cells.ts';
import { type TableRoute, writeTableRoute } from '../../protocol/extension/table-route.ts';
import { type TableWrite, type WriteOutcome, writeAnswer } from '../../protocol/extension/table-writes.ts';
import type { PluginRequest, WireRow } from '../../protocol/extension/types.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { Columns, TableValue } from '../../protocol/table.ts';
import type { ExtensionTable, Refusal, WrittenRow } from './define-table.ts';
import { tableRouteOf } from './route-of.ts';
import { type ScanHost, scanTable } from './scan-table.ts';

/** All rows of one answer together, names included: what no daemon takes is not collected first. */
const answerMax_bytes = 128 * 1024 * 1024;

/** Answers a call of a table plugin with rows, or says why there are none. */
export const answerTable = async (
  table: ExtensionTable,
  request: PluginRequest,
  host: ScanHost,
): Promise<Result<readonly WireRow[], Failure>> => {
  const route = tableRouteOf(table);
  const call = readTableCall(route, request);
  if (!call.ok) return call;
  switch (call.value.action) {
    case 'columns':
      return ok(writeTableRoute(route));
    case 'generate': {
      const rows: WireRow[] = [];
      let size_bytes = 0;
      for await (const row of scanTable(table, call.value.scan, host)) {
        const wire = wireRow(route, row);
        for (const [name, value] of wire) size_bytes += name.length + value.length;
        if (size_bytes > answerMax_bytes) {
          const message = `table ${table.name} has rows of more than ${answerMax_bytes} bytes for this query`;
          return fail({ reason: 'too_large', message });
        }
        rows.push(wire);
      }
      return ok(rows);
    }
    case 'write':
      return ok(writeAnswer(await write(table, route, call.value.write)));
  }
};

/** A member that is undefined is left out, which the daemon reads as '' or NULL by the column's type. */
const wireRow = ({ columns }: TableRoute, row: Readonly<Record<string, TableValue>>): WireRow => {
  const wire = new Map<string, string | Uint8Array>();
  for (const { name } of columns) {
    const value = row[name];
    if (value !== undefined) wire.set(name, writeCell(value));
  }
  if (row.rowid !== undefined) wire.set('rowid', writeCell(row.rowid));
  return wire;
};

const write = async (table: ExtensionTable, route: TableRoute, order: TableWrite): Promise<WriteOutcome> => {
  const none = `table ${table.name} takes no ${order.kind.toUpperCase()}`;
  switch (order.kind) {
    case 'insert': {
      if (table.insert === undefined) return { kind: 'readonly', message: none };
      const rowid = await table.insert(writtenRow(route, order.values), order.rowid);
      return typeof rowid === 'object' ? outcomeOf(rowid) : { kind: 'success', rowid: BigInt(rowid) };
    }
    case 'update':
      if (table.update === undefined) return { kind: 'readonly', message: none };
      return outcomeOf(await table.update(order.rowid, writtenRow(route, order.values), order.newRowid));
    case 'delete':
      if (table.remove === undefined) return { kind: 'readonly', message: none };
      return outcomeOf(await table.remove(order.rowid));
  }
};

const outcomeOf = (refusal: Refusal | undefined): WriteOutcome =>
  refusal === undefined
    ? { kind: 'success', rowid: undefined }
    : { kind: refusal.refused, message: refusal.message };

/** Values were held against the columns when the call was read. */
const writtenRow = ({ columns }: TableRoute, values: readonly TableValue[]): WrittenRow<Columns> =>
  Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null])) as WrittenRow<Columns>;

import { type Failure, fail, ok, type Result } from '../result.ts';
import type { TableValue } from '../table.ts';
import { type ContextFailure, readContext, type ScanRequest } from './generate-context.ts';
import type { TableRoute } from './table-route.ts';
import { misfit, type TableWrite, type WriteFailure } from './table-writes.ts';
import type { PluginRequest } from './types.ts';

/** What a table is asked for: the extension's side of `columnsRequest`, `generateRequest` and `writeRequest`. */
export type TableCall =
  | { readonly action: 'columns' }
  | { readonly action: 'generate'; readonly scan: ScanRequest }
  | { readonly action: 'write'; readonly write: TableWrite };

export type TableCallFailure = WriteFailure | ContextFailure | Failure<'unknown_action'>;

/** Reads a call of a table plugin. */
export const readTableCall = (
  route: TableRoute,
  request: PluginRequest,
): Result<TableCall, TableCallFailure> => {
  const action = request.get('action') ?? '';
  switch (action) {
    case 'columns':
      return ok({ action });
    case 'generate': {
      const scan = readContext(route.columns, request.get('context') ?? '{}');
      return scan.ok ? ok({ action, scan: scan.value }) : scan;
    }
    case 'insert':
    case 'update':
    case 'delete': {
      const write = readWrite(route, action, request);
      return write.ok ? ok({ action: 'write', write: write.value }) : write;
    }
    default:
      return fail({
        reason: 'unknown_action',
        message: `table ${route.name} does not know the action ${JSON.stringify(action.slice(0, 64))}`,
      });
  }
};

const readWrite = (
  route: TableRoute,
  kind: TableWrite['kind'],
  request: PluginRequest,
): Result<TableWrite, WriteFailure> => {
  const rowid = wholeNumber(request.get('id'));
  if (kind === 'delete') return rowid === undefined ? noRowid(route) : ok({ kind, rowid });
  const values = readValues(request.get('json_value_array') ?? '');
  if (values === undefined) {
    return fail({ reason: 'bad_request', message: `the values of a row of ${route.name} are no JSON array` });
  }
  const wrong = misfit(route, values);
  if (wrong !== undefined) return fail(wrong);
  if (kind === 'update') {
    if (rowid === undefined) return noRowid(route);
    const newRowid = wholeNumber(request.get('new_id'));
    return ok({ kind, rowid, values, ...(newRowid === undefined ? {} : { newRowid }) });
  }
  const given = request.get('auto_rowid') === 'true';
  if (!given) return ok({ kind, values });
  return rowid === undefined ? noRowid(route) : ok({ kind, values, rowid });
};

const noRowid = ({ name }: TableRoute): Result<never, WriteFailure> =>
  fail({ reason: 'bad_request', message: `a write to ${name} does not say which row` });

const wholeNumber = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;

/** One scalar of JSON with what stands around it. */
const item =
  /\s*(?:("(?:[^"\\]|\\.)*")|(null)|(-?\d{1,19})(?![\d.eE])|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))\s*/y;

/**
 * An array of scalars in JSON, integers of 64 bits included, which JSON.parse would round (only newer versions of Node
 * show it the source of a number); undefined for what is none.
 */
const readValues = (json: string): readonly TableValue[] | undefined => {
  const text = json.trim();
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const inner = text.slice(1, -1);
  const values: TableValue[] = [];
  if (inner.trim() === '') return values;
  for (let position = 0; ; ) {
    item.lastIndex = position;
    const match = item.exec(inner);
    if (match === null) return undefined;
    const value = scalarOf(match);
    if (value === undefined) return undefined;
    values.push(value);
    position = item.lastIndex;
    if (position === inner.length) return values;
    if (inner[position] !== ',') return undefined;
    position += 1;
  }
};

const scalarOf = ([, text, nothing, whole, real]: readonly string[]): TableValue => {
  if (nothing !== undefined) return null;
  if (whole !== undefined) return Number.isSafeInteger(Number(whole)) ? Number(whole) : BigInt(whole);
  if (real !== undefined) return Number(real);
  try {
    return JSON.parse(text ?? '') as string;
  } catch {
    // An escape that JSON does not have: the array is none.
    return undefined;
  }
};

import { type Failure, fail, ok, type Result } from '../result.ts';
import type { Column, TableValue } from '../table.ts';
import { mayBeNull, typeName } from './column-options.ts';
import { emptyContext } from './generate-context.ts';
import type { TableRoute } from './table-route.ts';
import type { PluginRequest, PluginResponse } from './types.ts';

/** A change of one row. Values are in the order of the columns. */
export type TableWrite =
  | {
      readonly kind: 'insert';
      readonly values: readonly TableValue[];
      /** Row id that SQLite chose; absent: the extension chooses. */
      readonly rowid?: bigint;
    }
  | {
      readonly kind: 'update';
      readonly rowid: bigint;
      /** When the row id itself changes. */
      readonly newRowid?: bigint;
      readonly values: readonly TableValue[];
    }
  | { readonly kind: 'delete'; readonly rowid: bigint };

/** What became of a write; an insert tells the row's id. */
export type WriteOutcome =
  | { readonly kind: 'success'; readonly rowid: bigint | undefined }
  | { readonly kind: 'readonly' | 'constraint' | 'failure'; readonly message: string };

export type WriteFailure = Failure<'wrong_count' | 'wrong_type' | 'null_in_key' | 'bad_request'>;

/**
 * The request for a write. What does not fit the columns fails here, and the extension is not called: SQLite calls it a
 * datatype mismatch.
 */
export const writeRequest = (table: TableRoute, write: TableWrite): Result<PluginRequest, WriteFailure> => {
  const context: [string, string] = ['context', emptyContext];
  if (write.kind === 'delete') {
    return ok(new Map([['action', 'delete'], ['id', String(write.rowid)], context]));
  }
  const wrong = misfit(table, write.values);
  if (wrong !== undefined) return fail(wrong);
  const values: [string, string] = ['json_value_array', `[${write.values.map(jsonOf).join(',')}]`];
  if (write.kind === 'update') {
    const renamed = write.newRowid !== undefined && write.newRowid !== write.rowid;
    const moved: [string, string][] = renamed ? [['new_id', String(write.newRowid)]] : [];
    return ok(new Map([['action', 'update'], ['id', String(write.rowid)], ...moved, values, context]));
  }
  const given: [string, string][] = write.rowid === undefined ? [] : [['id', String(write.rowid)]];
  const automatic = String(write.rowid !== undefined);
  return ok(new Map([['action', 'insert'], ['auto_rowid', automatic], ...given, values, context]));
};

/** Reads the answer to a write: exactly one map with a known status, and the id that an insert is owed. */
export const readWriteAnswer = (write: TableWrite, response: PluginResponse): WriteOutcome => {
  const [answer, ...more] = response;
  if (answer === undefined || more.length > 0)
    return failure(`it answered ${response.length} maps in place of one`);
  const status = answer.get('status') ?? '';
  const message = answer.get('message') ?? '';
  switch (status) {
    case 'success': {
      if (write.kind !== 'insert' || write.rowid !== undefined) return { kind: 'success', rowid: undefined };
      const id = answer.get('id') ?? '';
      if (!/^-?\d{1,19}$/.test(id)) return failure('it did not tell the id of the row that it inserted');
      return { kind: 'success', rowid: BigInt(id) };
    }
    case 'readonly':
    case 'constraint':
    case 'failure':
      return { kind: status, message };
    default:
      return failure(`it answered status ${JSON.stringify(status)}`);
  }
};

const failure = (message: string): WriteOutcome => ({ kind: 'failure', message });

/** What does not fit the columns of a table; undefined when all does. */
export const misfit = (
  { name, columns }: TableRoute,
  values: readonly TableValue[],
): WriteFailure | undefined => {
  if (values.length !== columns.length) {
    return {
      reason: 'wrong_count',
      message: `${name} has ${columns.length} columns, ${values.length} are given`,
    };
  }
  for (const [index, { name: column, column: declared }] of columns.entries()) {
    const value = values[index];
    if (value === null || value === undefined) {
      if (mayBeNull(declared)) continue;
      return { reason: 'null_in_key', message: `column ${column} of ${name} may not be NULL` };
    }
    if (!fits(declared, value)) {
      return {
        reason: 'wrong_type',
        message: `column ${column} of ${name} takes ${typeName(declared.type)}`,
      };
    }
  }
  return undefined;
};

const fits = ({ type }: Column, value: string | number | bigint | Uint8Array): boolean => {
  switch (type) {
    case 'TEXT':
      return typeof value === 'string';
    case 'BLOB':
      return value instanceof Uint8Array || typeof value === 'string';
    case 'DOUBLE':
      return typeof value === 'number' && Number.isFinite(value);
    case 'INTEGER':
    case 'BIGINT':
    case 'UNSIGNED_BIGINT':
      return typeof value === 'bigint' || Number.isSafeInteger(value);
  }
};

/** The answer to a write: what `readWriteAnswer` reads. */
export const writeAnswer = (outcome: WriteOutcome): PluginResponse => {
  const members: [string, string][] = [['status', outcome.kind]];
  if (outcome.kind !== 'success') members.push(['message', outcome.message]);
  else if (outcome.rowid !== undefined) members.push(['id', String(outcome.rowid)]);
  return [new Map(members)];
};

/** JSON with integers of 64 bits; a blob is text, the only form that JSON has for it. */
const jsonOf = (value: TableValue): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
};

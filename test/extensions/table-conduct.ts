/** How the tables of the double answer: what a test asks for, and what comes over the wire for it. */
import { encodeAnswer } from '../../platform/node/thrift/answers.ts';
import { type WireWriter, writeMessage } from '../../platform/node/thrift/wire-writer.ts';
import type { PluginRequest, PluginResponse } from '../../protocol/extension/types.ts';

/** A value of a row: text, or bytes in base64. */
export type DoubleValue = string | { readonly base64: string };

/**
 * What a table does when it is asked for rows. `filters`: gives the rows that meet the `=` it was sent; `counts`: `count` rows
 * of columns `n` and `text`, as fast as they are taken; `stores`: may be written.
 */
export type Conduct =
  | { readonly does: 'rows' | 'filters'; readonly rows: readonly Readonly<Record<string, DoubleValue>>[] }
  | { readonly does: 'counts'; readonly count: number }
  | { readonly does: 'stores' }
  | { readonly does: 'fails'; readonly code: number; readonly message: string }
  | { readonly does: 'hangs' | 'drips' | 'dies' | 'dies_mid_row' | 'garbage' | 'rows_of_text' };

/** What the double is started with. */
export interface DoubleSpec {
  readonly path: string;
  readonly tables: Readonly<Record<string, Conduct>>;
  /** Accepts the next connection when the last one was closed, as simple servers of Thrift do. */
  readonly oneAtATime?: true;
  /** Hangs up after each answer. */
  readonly closes?: true;
  /** Does not even answer a ping. */
  readonly silent?: true;
}

const success = { code: 0, message: 'OK', uuid: 0 };

export const encodeRows = (rows: PluginResponse, sequenceId: number): Buffer =>
  encodeAnswer({ method: 'call', value: { status: success, response: rows } }, sequenceId);

export const encodeFailure = (code: number, message: string, sequenceId: number): Buffer =>
  encodeAnswer({ method: 'call', value: { status: { code, message, uuid: 0 }, response: [] } }, sequenceId);

/** The front of an answer that declares so many rows, which are maps (13) or texts (11). They follow, then `end`. */
export const front = (count: number, sequenceId: number, type = 13): Buffer => {
  const whole = encodeRows([], sequenceId);
  // An empty list, the end of its struct and of the message's are the last 4 + 2 bytes; the item type stands before.
  const bytes = Buffer.from(whole.subarray(0, whole.length - 2));
  bytes.writeUInt8(type, bytes.length - 5);
  bytes.writeInt32BE(count, bytes.length - 4);
  return bytes;
};

export const end: Buffer = Buffer.from([0, 0]);

/** One row as it stands in an answer. */
export const encodeRow = (row: Readonly<Record<string, string>>): Buffer => {
  const message = writeMessage({ name: '', type: 2, sequenceId: 1 }, (writer) => writeRow(writer, row));
  // Behind 12 bytes of head, before the end of the message's struct.
  return message.subarray(12, message.length - 1);
};

const writeRow = (writer: WireWriter, row: Readonly<Record<string, string>>): void =>
  writer.stringMap(new Map(Object.entries(row)));

/** The rows that meet what was asked: values of one column are alternatives, columns hold together. */
export const filtered = (
  rows: readonly Readonly<Record<string, DoubleValue>>[],
  request: PluginRequest,
): readonly Readonly<Record<string, DoubleValue>>[] => {
  const context = JSON.parse(request.get('context') ?? '{}') as {
    readonly constraints: readonly { name: string; list: readonly { op: number; expr: string }[] }[];
  };
  const equal = context.constraints
    .map(({ name, list }) => ({ name, values: list.filter(({ op }) => op === 2).map(({ expr }) => expr) }))
    .filter(({ values }) => values.length > 0);
  return rows.filter((row) => equal.every(({ name, values }) => values.some((value) => value === row[name])));
};

/** A value as the writer takes it; it writes bytes as they are. */
export const wireValue = (value: DoubleValue): string =>
  typeof value === 'string' ? value : (Buffer.from(value.base64, 'base64') as unknown as string);

import type { CallFailure } from '../../../platform/extension-wire.ts';
import {
  type ColumnsAnswer,
  judgeExtensionTable,
  type TableHistory,
  type TableVerdict,
  unasked,
} from '../../../policies/judge-extension-table.ts';
import { typeName } from '../../../protocol/extension/column-options.ts';
import { readTableRoute, type TableRoute } from '../../../protocol/extension/table-route.ts';
import { type ExtensionResponse, extensionCodes } from '../../../protocol/extension/types.ts';
import type { Result } from '../../../protocol/result.ts';

/** The tables of one registration, which are asked for their columns in turn, one at a time. */
export interface TableTurns {
  /** By name, in the order of their turns: whoever was asked last stands last. */
  readonly tables: ReadonlyMap<string, TurnOfTable>;
  /** Who is asked at the moment. */
  readonly asked: string | undefined;
  /** A call that got no answer. Whether table or extension is at fault, the next ping tells. */
  readonly silent: TableSilence | undefined;
}

interface TurnOfTable {
  readonly route: TableRoute;
  readonly history: TableHistory;
}

interface TableSilence {
  readonly table: string;
  readonly why: string;
}

/** What an answer, or its absence, means. */
export interface JudgedTable {
  readonly table: string;
  readonly verdict: TableVerdict;
  /** Why it has no columns to tell; empty when it told some. */
  readonly why: string;
  /** It told other columns than it registered, for the first time. */
  readonly brokePromise: boolean;
}

/** What an extension says about itself may be 128 KiB long; a line in the log is not. */
const longestWhy_characters = 200;

/** Nobody was asked yet. */
export const firstTurns = (tables: readonly TableRoute[]): TableTurns => ({
  tables: new Map(tables.map((route) => [route.name, { route, history: unasked }])),
  asked: undefined,
  silent: undefined,
});

/** Whose turn it is, which goes to the end of the row; undefined: nobody's, or somebody is asked still. */
export const nextTurn = (turns: TableTurns): readonly [TableTurns, string | undefined] => {
  const [first] = turns.tables;
  if (first === undefined || turns.asked !== undefined) return [turns, undefined];
  const [asked, turn] = first;
  const tables = new Map(turns.tables);
  tables.delete(asked);
  return [{ ...turns, tables: tables.set(asked, turn), asked }, asked];
};

/** Who was asked has answered, or will not. An answer is judged; silence waits for the next ping. */
export const tableAnswered = (
  turns: TableTurns,
  table: string,
  answer: Result<ExtensionResponse, CallFailure>,
  now_unix_ms: number,
): readonly [TableTurns, JudgedTable | undefined] => {
  const turn = turns.tables.get(table);
  if (turn === undefined || turns.asked !== table) return [turns, undefined];
  const free = { ...turns, asked: undefined };
  if (!answer.ok) return [{ ...free, silent: { table, why: answer.error.message } }, undefined];
  const { status, response } = answer.value;
  if (status.code !== extensionCodes.success) {
    const why = `it answers status ${status.code}: ${status.message}`;
    return judged(free, table, turn, 'none', why, now_unix_ms);
  }
  const told = readTableRoute(table, response, false);
  const isSame = told.ok && shapeOf(told.value) === shapeOf(turn.route);
  return judged(free, table, turn, isSame ? 'registered' : 'other', '', now_unix_ms);
};

/**
 * The extension has answered a ping: a table that gave no answer before has none. One that never told its columns is not
 * asked again: the question may be what an extension of one connection at a time stands still in.
 */
export const judgeSilence = (
  turns: TableTurns,
  now_unix_ms: number,
): readonly [TableTurns, JudgedTable | undefined] => {
  const { silent } = turns;
  const turn = silent === undefined ? undefined : turns.tables.get(silent.table);
  if (silent === undefined || turn === undefined) return [turns, undefined];
  const heard = { ...turns, silent: undefined };
  if (turn.history.proven) return judged(heard, silent.table, turn, 'none', silent.why, now_unix_ms);
  const tables = new Map(turns.tables);
  tables.delete(silent.table);
  return [{ ...heard, tables }, undefined];
};

/** Tables that are away, each with the moment (wall clock) from which on. */
export const awayTables = ({ tables }: TableTurns): ReadonlyMap<string, number> =>
  new Map(
    [...tables].flatMap(([name, { history }]) =>
      history.awaySince_unix_ms === undefined ? [] : [[name, history.awaySince_unix_ms] as const],
    ),
  );

const judged = (
  turns: TableTurns,
  table: string,
  { route, history }: TurnOfTable,
  answer: ColumnsAnswer,
  why: string,
  now_unix_ms: number,
): readonly [TableTurns, JudgedTable] => {
  const judgement = judgeExtensionTable(history, answer, now_unix_ms);
  // Its place in the row stays: a key that is set again is not moved.
  const tables = new Map(turns.tables).set(table, { route, history: judgement.history });
  return [
    { ...turns, tables },
    {
      table,
      verdict: judgement.verdict,
      why: why.slice(0, longestWhy_characters),
      brokePromise: judgement.history.differs && !history.differs,
    },
  ];
};

/** Names and types of columns, in whatever order: rows name their columns. */
const shapeOf = ({ columns }: TableRoute): string =>
  JSON.stringify(columns.map(({ name, column }) => [name, typeName(column.type)].join(' ')).sort());

import type { ExtensionClient } from '../../platform/extension-wire.ts';
import type { ColumnType, ResultColumn } from '../../protocol/cell.ts';
import type { QueryOutcome, QueryService, RowListener } from '../../protocol/control.ts';
import type { ExtensionResponse } from '../../protocol/extension/types.ts';
import { controlLimits, rowLimits } from '../../protocol/extension/wire-limits.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import { noCost, type QueryFailureReason } from '../../protocol/run.ts';

/** A manager answers a ping at once; one that does not is none, or is stuck. */
const pingWithin_ms = 3_000;
/** A query of osquery has no limit of its own: somebody watches it, and has Ctrl-C. */
const answerWithin_ms = 3_600_000;
const answerMost_bytes = 64 * 2 ** 20;

/** Queries for whoever listens on a manager's socket of osquery's protocol: osqueryi's `--connect`. */
export const openManager = async (
  path: string,
  client: Pick<ExtensionClient, 'call'>,
): Promise<Result<QueryService, Failure>> => {
  const pong = await client.call(
    path,
    { method: 'ping' },
    { deadline_ms: pingWithin_ms, limits: controlLimits },
  );
  if (!pong.ok) return pong;
  return ok({
    query: (sql, listener, { signal } = {}) => {
      // What comes after somebody has left is for nobody.
      const whileWanted: RowListener = {
        columns: (columns) => signal?.aborted !== true && listener.columns(columns),
        rows: (batch) => signal?.aborted !== true && listener.rows(batch),
      };
      return cancellable(ask(path, client, sql, whileWanted, signal), signal);
    },
    close: async () => {},
  });
};

const ask = async (
  path: string,
  client: Pick<ExtensionClient, 'call'>,
  sql: string,
  listener: RowListener,
  signal: AbortSignal | undefined,
): Promise<QueryOutcome> => {
  const limits = rowLimits(Number.MAX_SAFE_INTEGER, answerMost_bytes);
  const over = signal === undefined ? {} : { over: signal };
  const bounds = { deadline_ms: answerWithin_ms, limits, ...over };
  const named = rowsOf(await client.call(path, { method: 'getQueryColumns', sql }, bounds));
  if (!named.ok) return failed('sql_error', named.error.message);
  const columns = named.value.flatMap((row) => [...row]).map(([name, type]) => columnOf(name, type));
  const answer = rowsOf(await client.call(path, { method: 'query', sql }, bounds));
  if (!answer.ok) return failed('sql_error', answer.error.message);
  listener.columns(columns);
  const rows = answer.value.map((row) => columns.map(({ name }) => row.get(name) ?? ''));
  if (rows.length > 0) listener.rows(Buffer.from(JSON.stringify(rows)));
  return { cost: { ...noCost, rows: rows.length }, warnings: [] };
};

const rowsOf = (
  answer: Result<ExtensionResponse, Failure>,
): Result<ExtensionResponse['response'], Failure<'not_answered'>> => {
  if (!answer.ok) return fail({ reason: 'not_answered', message: answer.error.message });
  const { status, response } = answer.value;
  return status.code === 0 ? ok(response) : fail({ reason: 'not_answered', message: status.message });
};

const types: ReadonlySet<string> = new Set<ColumnType>([
  'TEXT',
  'INTEGER',
  'BIGINT',
  'UNSIGNED_BIGINT',
  'DOUBLE',
  'BLOB',
]);

/** In routes and columns osquery writes the name of one type with a blank. */
const columnOf = (name: string, told: string): ResultColumn => {
  const type = told.replace(' ', '_');
  return { name, type: types.has(type) ? (type as ColumnType) : 'UNKNOWN' };
};

const failed = (reason: QueryFailureReason, message: string): QueryOutcome => ({
  failure: { reason, message },
  cost: noCost,
  warnings: [],
});

/** The protocol cannot cancel: who has seen enough hangs up. A leashd takes it for that, an osqueryd computes on. */
const cancellable = (
  outcome: Promise<QueryOutcome>,
  signal: AbortSignal | undefined,
): Promise<QueryOutcome> => {
  if (signal === undefined) return outcome;
  const left = new Promise<QueryOutcome>((resolve) => {
    const leave = (): void =>
      resolve(
        failed(
          'cancelled',
          'The query was cancelled: the connection is closed. (leashd stops it then, osqueryd does not.)',
        ),
      );
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  return Promise.race([outcome, left]);
};

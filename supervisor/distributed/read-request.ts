import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import { type JsonDocument, memberKey, readJson } from '../config/json-reader.ts';

/** One query of a request. */
export interface DistributedQuery {
  readonly id: string;
  readonly sql: string;
}

/** What a distributed plugin wants to know: what it answers to `getQueries`. */
export interface DistributedRequest {
  /** In the order of their ids, in which they run. */
  readonly queries: readonly DistributedQuery[];
  /** Run before all others; a query of the same id runs only if this one has rows. */
  readonly discovery: readonly DistributedQuery[];
  /** For how many seconds to ask every five seconds. */
  readonly accelerate_s: number | undefined;
}

export type RequestFailure = Failure<'bad_request'>;

const maxDepth = 16;

/**
 * Reads a request by osquery's rules: a discovery query that is no text, or an empty one, spoils the whole of it. One of
 * the others ends the reading there: those before it run, those after it and `accelerate` count for nothing. An empty
 * text asks for nothing.
 */
export const readDistributedRequest = (text: string): Result<DistributedRequest, RequestFailure> => {
  if (text.trim() === '') return ok({ queries: [], discovery: [], accelerate_s: undefined });
  const document = readJson(text, maxDepth);
  if (!document.ok) {
    const { offset, expected, found } = document.error;
    return refuse(`it is no JSON: ${found} at ${offset}, expected ${expected}`);
  }
  const { value } = document.value;
  if (!isObject(value)) return refuse('it is no object');
  const discovery = membersOf(document.value, value, 'discovery');
  const spoiled = discovery.find(({ sql }) => !isSql(sql));
  if (spoiled !== undefined) return refuse(`discovery query '${spoiled.id}' is no SQL`);
  const queries = membersOf(document.value, value, 'queries');
  const end = queries.findIndex(({ sql }) => !isSql(sql));
  const { accelerate } = value;
  return ok({
    discovery: inKeyOrder(discovery),
    queries: inKeyOrder(end < 0 ? queries : queries.slice(0, end)),
    accelerate_s:
      end < 0 && typeof accelerate === 'number' && Number.isInteger(accelerate) && accelerate > 0
        ? accelerate
        : undefined,
  });
};

/** In the order of the text: an object of JavaScript puts names that are numbers before all others. */
const membersOf = (
  { offsets }: JsonDocument,
  request: Readonly<Record<string, unknown>>,
  name: string,
): readonly { readonly id: string; readonly sql: unknown }[] => {
  const members = request[name];
  if (!isObject(members)) return [];
  const place = (id: string): number => offsets.get(memberKey([name, id])) ?? 0;
  return Object.entries(members)
    .map(([id, sql]) => ({ id, sql }))
    .toSorted((one, other) => place(one.id) - place(other.id));
};

const inKeyOrder = (
  queries: readonly { readonly id: string; readonly sql: unknown }[],
): readonly DistributedQuery[] =>
  queries
    .flatMap(({ id, sql }) => (isSql(sql) ? [{ id, sql }] : []))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));

const isSql = (sql: unknown): sql is string => typeof sql === 'string' && sql !== '';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refuse = (what: string): { readonly ok: false; readonly error: RequestFailure } =>
  fail({ reason: 'bad_request', message: `the request for distributed queries cannot be used: ${what}` });

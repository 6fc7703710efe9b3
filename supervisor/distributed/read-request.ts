import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import { memberKey, readJson } from '../config/json-reader.ts';

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

/**
 * Reads a request by osquery's rules: a discovery query that is no text, or an empty one, spoils the whole of it. One of
 * the others ends the reading there: those before it run, those after it and `accelerate` count for nothing. An empty
 * text asks for nothing.
 */
export const readDistributedRequest = (text: string): Result<DistributedRequest, RequestFailure> => {
  if (text.trim() === '') return ok({ queries: [], discovery: [], accelerate_s: undefined });
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (!isObject(value)) return refuse('it is no object');
  const discovery = membersOf(value, 'discovery');
  const spoiled = discovery.find(({ sql }) => !isSql(sql));
  if (spoiled !== undefined) return refuse(`discovery query '${spoiled.id}' is no SQL`);
  const queries = membersOf(value, 'queries');
  const isWhole = queries.every(({ sql }) => isSql(sql));
  const { accelerate } = value;
  return ok({
    discovery: inKeyOrder(discovery),
    queries: inKeyOrder(isWhole ? queries : beforeTheFault(text, queries)),
    accelerate_s:
      isWhole && typeof accelerate === 'number' && Number.isInteger(accelerate) && accelerate > 0
        ? accelerate
        : undefined,
  });
};

interface Member {
  readonly id: string;
  readonly sql: unknown;
}

const parseJson = (text: string): Result<unknown, RequestFailure> => {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
};

const membersOf = (request: Readonly<Record<string, unknown>>, name: string): readonly Member[] => {
  const members = request[name];
  return isObject(members) ? Object.entries(members).map(([id, sql]) => ({ id, sql })) : [];
};

const maxDepth = 16;

/**
 * What stands before the first that is no SQL. An object of JavaScript puts names that are numbers before all others, so
 * the places are looked up in the text, with a reader that is too slow for the usual case.
 */
const beforeTheFault = (text: string, queries: readonly Member[]): readonly Member[] => {
  const document = readJson(text, maxDepth);
  if (!document.ok) return [];
  const { offsets } = document.value;
  const place = ({ id }: Member): number => offsets.get(memberKey(['queries', id])) ?? 0;
  const inOrder = queries.toSorted((one, other) => place(one) - place(other));
  return inOrder.slice(
    0,
    inOrder.findIndex(({ sql }) => !isSql(sql)),
  );
};

const inKeyOrder = (queries: readonly Member[]): readonly DistributedQuery[] =>
  queries
    .flatMap(({ id, sql }) => (isSql(sql) ? [{ id, sql }] : []))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));

const isSql = (sql: unknown): sql is string => typeof sql === 'string' && sql !== '';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refuse = (what: string): { readonly ok: false; readonly error: RequestFailure } =>
  fail({ reason: 'bad_request', message: `the request for distributed queries cannot be used: ${what}` });

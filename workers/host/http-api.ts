import type { Columns, NetTableQuery } from '../../protocol/table.ts';
import { type Json, parseJson } from '../parsers/json-fields.ts';

/** Where an API is, and how it is asked. */
export interface HttpApiPlace {
  /** What warnings call it. */
  readonly name: string;
  /** What stands in front of every path. */
  readonly url: string;
  /** Unix socket to speak through in place of the URL's host and port. */
  readonly socketPath?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout_ms: number;
  /** Statuses whose body is an answer. */
  readonly statuses: readonly number[];
  /** Statuses that say that there is no such thing, which is an answer, too: nothing is told of them. */
  readonly absences?: readonly number[];
}

/** An HTTP API as one scan asks it. Where nobody answers, or with another status, a warning says why. */
export interface HttpApi {
  /** The body of what a path answers. */
  text(path: string): Promise<string | undefined>;
  /** The same as JSON; a body that is none is told, too. */
  json(path: string): Promise<Json | undefined>;
}

/** What thousands of containers come to. */
const answerMax_bytes = 64 * 1024 * 1024;

/** Asks an API through the network door of a scan. */
export const openHttpApi = <C extends Columns>(query: NetTableQuery<C>, place: HttpApiPlace): HttpApi => {
  const { name, url, statuses, absences = [], ...how } = place;
  const silent = (message: string): undefined => {
    query.warn(message);
    return undefined;
  };
  const text = async (path: string): Promise<string | undefined> => {
    const asked = { url: `${url}${path}`, bodyMax_bytes: answerMax_bytes, redirectsMax: 0, ...how };
    const answer = await query.network.get(asked);
    if (!answer.ok) return silent(`${name}: ${answer.error.message}`);
    const { status, body } = answer.value;
    if (absences.includes(status)) return undefined;
    if (!statuses.includes(status)) return silent(`${name} answered ${path} with status ${status}`);
    return Buffer.from(body).toString();
  };
  return {
    text,
    json: async (path) => {
      const body = await text(path);
      if (body === undefined) return undefined;
      return parseJson(body) ?? silent(`${name} answered ${path} with something else than JSON`);
    },
  };
};

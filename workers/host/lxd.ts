import type { Columns, NetTableQuery } from '../../protocol/table.ts';
import { fieldOf, itemsOf, type Json } from '../parsers/json-fields.ts';
import { flagValue } from './flag-value.ts';
import { type HttpApi, openHttpApi } from './http-api.ts';

const timeout_ms = 10_000;

/** The API of LXD on this host (https://documentation.ubuntu.com/lxd/latest/restapi_landing/), as one scan asks it. */
export interface Lxd {
  /** The content (`metadata`) of what a path answers; undefined when nobody does. */
  get(path: string): Promise<Json | undefined>;
  /** Paths of the things that a path lists; only what is below the API. */
  list(path: string): Promise<readonly string[]>;
}

/** LXD behind the socket of flag `lxd_socket`. Where nobody answers a table is empty, and a warning says why. */
export const openLxd = <C extends Columns>(query: NetTableQuery<C>): Lxd => {
  const socketPath = flagValue(query, 'lxd_socket') || '/var/lib/lxd/unix.socket';
  const api: HttpApi = openHttpApi(query, {
    name: `lxd at ${socketPath}`,
    url: 'http://lxd',
    socketPath,
    headers: { accept: '*/*' },
    timeout_ms,
    statuses: [200, 202],
  });
  const get = async (path: string): Promise<Json | undefined> => fieldOf(await api.json(path), 'metadata');
  return {
    get,
    list: async (path) =>
      itemsOf(await get(path)).filter(
        (each) => typeof each === 'string' && each.startsWith('/1.0/'),
      ) as string[],
  };
};

/** Names that are asked for one by one; what cannot be a name of LXD's is left out. */
export const askedNames = (asked: readonly string[]): readonly string[] =>
  asked.filter((name) => /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name));

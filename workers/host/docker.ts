import type { Columns, NetTableQuery } from '../../protocol/table.ts';
import { itemsOf, type Json, textOf } from '../parsers/json-fields.ts';
import { flagValue } from './flag-value.ts';
import { openHttpApi } from './http-api.ts';

const timeout_ms = 10_000;
/** The Docker Engine API of this host (https://docs.docker.com/reference/api/engine/), as one scan asks it. */
export interface Docker {
  /** What a path answers; undefined when nobody does, with another status than 200, or with no JSON. */
  get(path: string): Promise<Json | undefined>;
}

/** Docker behind the socket of flag `docker_socket`. Where nobody answers a table is empty, and a warning says why. */
export const openDocker = <C extends Columns>(query: NetTableQuery<C>): Docker => {
  const socketPath = flagValue(query, 'docker_socket') || '/var/run/docker.sock';
  const api = openHttpApi(query, {
    name: `docker at ${socketPath}`,
    url: 'http://docker',
    socketPath,
    headers: { accept: '*/*' },
    timeout_ms,
    statuses: [200],
    // A container that does not run has no processes.
    absences: [409],
  });
  return { get: (path) => api.json(path) };
};

/** An id without the name of its digest. */
export const bareId = (id: string): string => (id.startsWith('sha256:') ? id.slice(7) : id);

/** A Docker object and the id under which it is shown. */
export interface Identified {
  readonly id: string;
  readonly object: Json;
}

const smallLetters = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => id.toLowerCase()))];

/**
 * The objects that a scan covers: all, or those whose id begins with a value that is asked for, which is then shown as
 * it was asked for, in small letters (Docker takes the beginning of an id for it, and SQLite compares with what was asked).
 */
export const identified = (objects: readonly Json[], asked: readonly string[] | undefined): Identified[] =>
  objects.flatMap((object) => {
    const id = bareId(textOf(object, 'Id'));
    if (asked === undefined) return [{ id, object }];
    return smallLetters(asked)
      .filter((wanted) => id.startsWith(wanted))
      .map((wanted) => ({ id: wanted, object }));
  });

/**
 * Containers, running or not. osquery means to list them all, and leaves those out that do not run unless an id is asked
 * for.
 */
export const containersOf = async <C extends Columns>(
  query: NetTableQuery<C>,
  docker: Docker,
): Promise<Identified[]> =>
  identified(itemsOf(await docker.get('/containers/json?all=1')), query.equals('id'));

/** Images. */
export const imagesOf = async <C extends Columns>(
  query: NetTableQuery<C>,
  docker: Docker,
): Promise<Identified[]> => identified(itemsOf(await docker.get('/images/json')), query.equals('id'));

/**
 * Ids of containers that are asked for one by one, as Docker knows them: hexadecimal in small letters, whole or a
 * beginning; others are left out.
 */
export const askedIds = (asked: readonly string[] | undefined): readonly string[] =>
  smallLetters(asked ?? []).filter(isHash);

/** A SHA-256 in hexadecimal, whole or its beginning. */
const isHash = (text: string): boolean => /^[0-9a-f]{1,64}$/i.test(text);

/** A volume and the name under which it is shown. */
export interface NamedVolume {
  readonly name: string;
  readonly volume: Json;
}

/**
 * Volumes. Docker names one that got no name by a hash, and as with ids the beginning of a hash that is asked for stands
 * for all names that begin with it, and is shown; any other name is the whole one.
 */
export const volumesOf = async <C extends Columns>(
  query: NetTableQuery<C>,
  docker: Docker,
): Promise<NamedVolume[]> => {
  const asked = query.equals('name');
  return itemsOf(await docker.get('/volumes'), 'Volumes').flatMap((volume) => {
    const name = textOf(volume, 'Name');
    if (asked === undefined) return [{ name, volume }];
    return asked
      .filter((wanted) => name === wanted || (isHash(wanted) && name.startsWith(wanted)))
      .map((wanted) => ({ name: wanted, volume }));
  });
};

import type { TableRoute } from '../../protocol/extension/table-route.ts';
import {
  type ExtensionInfo,
  type ExtensionStatus,
  failedWith,
  type RegistryRoutes,
  succeeded,
} from '../../protocol/extension/types.ts';
import { type CorePlugins, checkRegistration, type Door } from './check-registration.ts';

/** A plugin that an extension brings. */
export interface RegisteredPlugin {
  readonly registry: string;
  readonly name: string;
}

/** An extension that is registered: what it brings, and where it is called. */
export interface Registration {
  /** 1 to 65,535; its socket is the door's path and this number. */
  readonly uuid: number;
  readonly door: Door;
  readonly info: ExtensionInfo;
  /** See `AttachedExtension`. */
  readonly socketDueAt_ms: number;
  readonly plugins: readonly RegisteredPlugin[];
  readonly tables: readonly TableRoute[];
  /** Those of them that it does not serve at present, each with the moment (wall clock) from which on. Their names stay taken. */
  readonly away: ReadonlyMap<string, number>;
}

/** Names of all tables that these do not serve at present, sorted. */
export const awayTables = (registrations: readonly Registration[]): readonly string[] =>
  registrations.flatMap(({ away }) => [...away.keys()]).sort();

/** Every extension that is registered, by its uuid. */
export interface ExtensionRegistry {
  readonly registrations: ReadonlyMap<number, Registration>;
}

export const emptyRegistry: ExtensionRegistry = { registrations: new Map() };

/** Why an extension's plugins are there no more. */
export type DetachReason = 'deregistered' | 'gone' | 'door_closed';

/** What has to follow a change. */
export type RegistryEffect =
  | { readonly kind: 'attached'; readonly registration: Registration }
  /** A table of it went or came back; it is registered as before. */
  | { readonly kind: 'tables_changed'; readonly registration: Registration }
  | { readonly kind: 'detached'; readonly registration: Registration; readonly reason: DetachReason };

/** What came of an event. */
export interface RegistryChange {
  readonly registry: ExtensionRegistry;
  readonly effects: readonly RegistryEffect[];
}

/** What came of a call, which is owed a status. */
export interface AnsweredChange extends RegistryChange {
  readonly status: ExtensionStatus;
}

/** A request to register. */
export interface RegisterRequest {
  readonly door: Door;
  readonly info: ExtensionInfo;
  readonly routes: RegistryRoutes;
}

/** What a decision about a registration needs to know beside the registry. */
export interface RegisterFacts {
  readonly core: CorePlugins;
  /** `extensions_default_index`. */
  readonly defaultIndex: boolean;
  /** Monotonic milliseconds. */
  readonly now_ms: number;
  /** Uniform in [0, 1): picks the uuid. */
  readonly fraction: number;
}

const mostUuids = 0xffff;
/** From a registration until its socket has to be there: what osquery's `extensions_timeout` is by default. */
const socketPatience_ms = 3_000;

/**
 * Registers an extension with all that it brings, or with nothing: a refusal leaves the registry as it was. The uuid is
 * one of the free ones of 16 bits, each as likely as the others.
 */
export const register = (
  registry: ExtensionRegistry,
  request: RegisterRequest,
  facts: RegisterFacts,
): AnsweredChange => {
  const checked = checkRegistration(registry, request, facts);
  if (!checked.ok) return { registry, effects: [], status: failedWith(checked.error.message) };
  const uuid = freeUuid(registry, facts.fraction);
  const { door, info } = request;
  const registration: Registration = {
    uuid,
    door,
    info,
    socketDueAt_ms: facts.now_ms + socketPatience_ms,
    ...checked.value,
    away: new Map(),
  };
  const registrations = new Map(registry.registrations).set(uuid, registration);
  return {
    registry: { registrations },
    effects: [{ kind: 'attached', registration }],
    status: succeeded(uuid),
  };
};

/** Takes an extension off. Only through the door that it came by: nobody signs another one's extension off. */
export const deregister = (registry: ExtensionRegistry, door: Door, uuid: number): AnsweredChange => {
  const registration = registry.registrations.get(uuid);
  if (registration?.door.path !== door.path) {
    return { registry, effects: [], status: failedWith('No extension UUID registered') };
  }
  return { ...withdraw(registry, [registration], 'deregistered'), status: succeeded() };
};

/** Takes off an extension that does not answer any more. */
export const forget = (registry: ExtensionRegistry, uuid: number): RegistryChange => {
  const registration = registry.registrations.get(uuid);
  return withdraw(registry, registration === undefined ? [] : [registration], 'gone');
};

/** Takes note of which tables an extension does not serve at present. */
export const setAway = (
  registry: ExtensionRegistry,
  uuid: number,
  away: Registration['away'],
): RegistryChange => {
  const before = registry.registrations.get(uuid);
  if (before === undefined) return { registry, effects: [] };
  const registration = { ...before, away };
  return {
    registry: { registrations: new Map(registry.registrations).set(uuid, registration) },
    effects: [{ kind: 'tables_changed', registration }],
  };
};

/** Takes off all that came by a door which is no more. */
export const closeDoor = (registry: ExtensionRegistry, door: Door): RegistryChange => {
  const behind = [...registry.registrations.values()].filter((each) => each.door.path === door.path);
  return withdraw(registry, behind, 'door_closed');
};

/** The socket on which an extension is called. */
export const routeSocket = ({ door, uuid }: Registration): string => `${door.path}.${uuid}`;

/** The extension that brings a plugin, if one does. */
export const ownerOf = (
  { registrations }: ExtensionRegistry,
  registry: string,
  name: string,
): Registration | undefined =>
  [...registrations.values()].find(({ plugins }) =>
    plugins.some((plugin) => plugin.registry === registry && plugin.name === name),
  );

const withdraw = (
  registry: ExtensionRegistry,
  gone: readonly Registration[],
  reason: DetachReason,
): RegistryChange => {
  if (gone.length === 0) return { registry, effects: [] };
  const registrations = new Map(registry.registrations);
  for (const { uuid } of gone) registrations.delete(uuid);
  const effects = gone.map((registration) => ({ kind: 'detached' as const, registration, reason }));
  return { registry: { registrations }, effects };
};

/** Counts through the free numbers: no drawing again until one is free. */
const freeUuid = ({ registrations }: ExtensionRegistry, fraction: number): number => {
  let uuid = 1 + Math.floor(fraction * (mostUuids - registrations.size));
  for (const taken of [...registrations.keys()].sort((a, b) => a - b)) if (taken <= uuid) uuid += 1;
  return uuid;
};

import { extensionBudgetNames } from '../../protocol/extension/budget.ts';
import { registryNames } from '../../protocol/extension/types.ts';
import type { TableValue } from '../../protocol/table.ts';
import type { Flags } from '../config/flags.ts';
import { activeItems } from '../extensions/core-access.ts';
import type { ExtensionEntry, ExtensionRoster } from '../extensions/life/extension-roster.ts';
import { ownPlugins } from '../extensions/own-plugins.ts';
import { awayTables, type RegisteredPlugin, type Registration, routeSocket } from '../extensions/registry.ts';
import { osqueryVersion } from '../version.ts';

type Row = Readonly<Record<string, TableValue>>;

/** Rows of `leash_extensions`: those that the daemon starts, then those that others started. */
export const leashExtensionRows = (roster: ExtensionRoster): readonly Row[] => [
  ...roster.entries().map((entry) => managedRow(entry, roster)),
  ...roster.unwatched().map(unwatchedRow),
];

const managedRow = (entry: ExtensionEntry, roster: ExtensionRoster): Row => {
  const { extension, state, life, restarts, lastExit, nextStart_unix_ms, lastSample, refusal, unsafe } =
    entry;
  const registered = roster.registeredBy(extension.door.path);
  const isWaiting = state === 'backing_off' || state === 'denied' || state === 'refused';
  return {
    name: extension.name,
    path: extension.path,
    state,
    pid: life?.leader.pid ?? null,
    uuids: registered.map(({ uuid }) => uuid).join(','),
    registered_names: registered.map(({ info }) => info.name).join(','),
    away_tables: awayTables(registered).join(','),
    socket: extension.door.path,
    unwatched: 0,
    unsafe,
    restarts,
    started_time: life === undefined ? null : Math.floor(life.startedAt_unix_ms / 1000),
    last_exit: lastExit,
    next_start: isWaiting ? Math.floor(nextStart_unix_ms / 1000) : null,
    refusal,
    private_bytes: lastSample?.private_bytes ?? null,
    cpu_ms: lastSample === undefined ? null : Math.round(lastSample.cpu_ms),
    processes: lastSample?.processes ?? null,
    descriptors: lastSample?.descriptors ?? null,
    ...Object.fromEntries(extensionBudgetNames.map((name) => [`${name}_limit`, life?.budget[name] ?? null])),
  };
};

const unwatchedRow = (registration: Registration): Row => ({
  name: registration.info.name,
  path: '',
  state: 'unwatched',
  uuids: String(registration.uuid),
  registered_names: registration.info.name,
  away_tables: awayTables([registration]).join(','),
  socket: registration.door.path,
  unwatched: 1,
  unsafe: '',
  last_exit: '',
  refusal: '',
});

/** Rows of osquery's own table: the daemon itself, and what is registered. */
export const osqueryExtensionRows = ({ attached, sharedSocket }: ExtensionRoster): readonly Row[] => [
  {
    uuid: 0,
    name: 'core',
    version: osqueryVersion,
    sdk_version: osqueryVersion,
    path: sharedSocket,
    type: 'core',
  },
  ...[...attached.values()].map((registration) => ({
    uuid: registration.uuid,
    name: registration.info.name,
    version: registration.info.version,
    sdk_version: registration.info.sdkVersion,
    path: routeSocket(registration),
    type: 'extension',
  })),
];

/** Rows of `osquery_registry` that are no tables; active are the plugins that the daemon uses. */
export const pluginRows = (flags: Flags, { attached }: Pick<ExtensionRoster, 'attached'>): readonly Row[] => {
  const rowOf = ({ registry, name }: RegisteredPlugin, owner_uuid: number): Row => ({
    registry,
    name,
    owner_uuid,
    internal: 0,
    active: isActive(flags, registry, name) ? 1 : 0,
  });
  return [
    ...ownPlugins.map((plugin) => rowOf(plugin, 0)),
    ...[...attached.values()].flatMap(({ plugins, uuid }) =>
      plugins.filter(isNoTable).map((plugin) => rowOf(plugin, uuid)),
    ),
  ];
};

const isNoTable = ({ registry }: RegisteredPlugin): boolean => registry !== 'table';

const isActive = (flags: Flags, registry: string, name: string): boolean => {
  const known = registryNames.find((each) => each === registry);
  if (known === undefined || (known === 'logger' && flags.bool('disable_logging'))) return false;
  return activeItems(flags, known).includes(name);
};

import { isSdkSupported } from '../../protocol/extension/sdk-version.ts';
import { readTableRoute, type TableRoute } from '../../protocol/extension/table-route.ts';
import { type PluginResponse, registryNames } from '../../protocol/extension/types.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type {
  ExtensionRegistry,
  RegisteredPlugin,
  RegisterFacts,
  RegisterRequest,
  Registration,
} from './registry.ts';

/**
 * A socket that extensions register on. One of a managed extension is that extension's alone: its path says who calls.
 * Extensions that others started come by the shared one, and nobody watches them.
 */
export interface Door {
  readonly path: string;
  readonly kind: 'managed' | 'shared';
}

/** Plugins of the daemon itself: an extension brings none of the same name. */
export interface CorePlugins {
  /** Names of tables are asked for in lower case. */
  has(registry: string, name: string): boolean;
}

/** Why an extension is refused; the messages are osquery's where it has one. */
export type RefusalReason =
  | 'duplicate_extension'
  | 'old_sdk'
  | 'unknown_registry'
  | 'item_conflict'
  | 'bad_route'
  | 'bad_name'
  | 'too_many';

type Refusal = Failure<RefusalReason>;

/** What a registration brings when nothing speaks against it. */
interface Brought {
  readonly plugins: readonly RegisteredPlugin[];
  readonly tables: readonly TableRoute[];
}

/** A managed extension has one name as a rule; on the shared socket there may be many. */
const mostRegistrations = { managed: 4, shared: 64 } as const;
const mostPlugins = 1024;
const longestName = 256;

/** Looks at the whole request before anything of it counts; the first thing that is wrong is told. */
export const checkRegistration = (
  registry: ExtensionRegistry,
  { door, info, routes }: RegisterRequest,
  { core, defaultIndex }: RegisterFacts,
): Result<Brought, Refusal> => {
  const registered = [...registry.registrations.values()];
  if (registered.some((other) => other.info.name === info.name)) {
    return refuse('duplicate_extension', 'Duplicate extension registered');
  }
  if (!isSdkSupported(info.sdkVersion)) return refuse('old_sdk', 'Incompatible extension SDK version');
  if (!isPrintable(info.name)) return refuse('bad_name', 'The name of the extension cannot be printed');
  if (registered.filter((other) => other.door.path === door.path).length >= mostRegistrations[door.kind]) {
    return refuse('too_many', 'Too many extensions registered');
  }
  const taken = new Names(registered);
  const plugins: RegisteredPlugin[] = [];
  const tables: TableRoute[] = [];
  for (const [name, route] of [...routes].flatMap(([kind, table]) => named(kind, table))) {
    const refused = checkPlugin(name, core, taken) ?? checkCount(plugins.length);
    if (refused !== undefined) return fail(refused);
    plugins.push(name);
    if (name.registry !== 'table') continue;
    const table = checkTable(name.name, route, core, taken, defaultIndex);
    if (!table.ok) return table;
    tables.push(table.value);
  }
  const unknown = [...routes.keys()].find((kind) => !isRegistry(kind));
  if (unknown !== undefined) return fail(unknownRegistry(unknown));
  return ok({ plugins, tables });
};

/** Names in use, by registry. Those of tables are compared as SQLite does: without regard to case. */
class Names {
  readonly #taken = new Set<string>();

  constructor(registered: readonly Registration[]) {
    for (const { plugins, tables } of registered) {
      for (const { registry, name } of plugins) this.take(registry, name);
      for (const alias of tables.flatMap(({ aliases }) => aliases)) this.take('table', alias);
    }
  }

  /** False when somebody else has it. */
  take(registry: string, name: string): boolean {
    const key = JSON.stringify([registry, registry === 'table' ? name.toLowerCase() : name]);
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }
}

const named = (
  registry: string,
  table: ReadonlyMap<string, PluginResponse>,
): readonly (readonly [RegisteredPlugin, PluginResponse])[] =>
  [...table].map(([name, route]) => [{ registry, name }, route]);

const checkPlugin = (
  { registry, name }: RegisteredPlugin,
  core: CorePlugins,
  taken: Names,
): Refusal | undefined => {
  if (!isRegistry(registry)) return unknownRegistry(registry);
  if (isTaken(registry, name, core, taken)) return conflict(name);
  return isPrintable(name) ? undefined : adding('bad_name', 'The name of a plugin cannot be printed');
};

const checkTable = (
  name: string,
  route: PluginResponse,
  core: CorePlugins,
  taken: Names,
  defaultIndex: boolean,
): Result<TableRoute, Refusal> => {
  const table = readTableRoute(name, route, defaultIndex);
  if (!table.ok) return fail(adding('bad_route', table.error.message));
  const clashing = table.value.aliases.find((alias) => isTaken('table', alias, core, taken));
  return clashing === undefined ? table : fail(conflict(clashing));
};

const isTaken = (registry: string, name: string, core: CorePlugins, taken: Names): boolean =>
  core.has(registry, registry === 'table' ? name.toLowerCase() : name) || !taken.take(registry, name);

const checkCount = (plugins: number): Refusal | undefined =>
  plugins < mostPlugins ? undefined : adding('too_many', 'Too many plugins');

const isRegistry = (name: string): boolean => registryNames.some((known) => known === name);

const isPrintable = (name: string): boolean => name.length <= longestName && !/[\p{Cc}\p{Cs}]/u.test(name);

const unknownRegistry = (name: string): Refusal => adding('unknown_registry', `Unknown registry: ${name}`);

const conflict = (name: string): Refusal =>
  adding('item_conflict', `Registry item ${name} conflicts with another item of the same name.`);

const adding = (reason: RefusalReason, what: string): Refusal => ({
  reason,
  message: `Failed adding registry: ${what}`,
});

const refuse = (reason: RefusalReason, message: string): { readonly ok: false; readonly error: Refusal } =>
  fail({ reason, message });

import {
  readTableRoute,
  type TableAttribute,
  type TableRoute,
  writeTableRoute,
} from '../../protocol/extension/table-route.ts';
import type { RegistryRoutes, RouteTable } from '../../protocol/extension/types.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { Plugin } from './define-plugin.ts';
import type { ExtensionTable } from './define-table.ts';

/** The registry that a plugin belongs to. */
export const registryOf = (plugin: Plugin): 'table' | 'config' | 'logger' | 'distributed' =>
  'registry' in plugin ? plugin.registry : 'table';

export const isTable = (plugin: Plugin): plugin is ExtensionTable => !('registry' in plugin);

/** What a table says about itself when it is registered. */
export const tableRouteOf = ({ name, columns, aliases, cacheable, userData }: ExtensionTable): TableRoute => {
  const attributes = new Set<TableAttribute>();
  if (cacheable === true) attributes.add('cacheable');
  if (userData === true) attributes.add('user_based');
  return {
    name,
    columns: Object.entries(columns).map(([column, declared]) => ({ name: column, column: declared })),
    aliases: aliases ?? [],
    attributes,
  };
};

/** Everything that is registered; fails for what the daemon would refuse, so that it is told before anybody is asked. */
export const routesOf = (
  plugins: readonly Plugin[],
): Result<RegistryRoutes, Failure<'bad_table' | 'same_name'>> => {
  const routes = new Map<string, Map<string, RouteTable extends ReadonlyMap<string, infer V> ? V : never>>();
  for (const plugin of plugins) {
    const registry = registryOf(plugin);
    const named = routes.get(registry) ?? new Map();
    routes.set(registry, named);
    if (named.has(plugin.name)) {
      const message = `two plugins of registry ${registry} have the name ${plugin.name}; rename one`;
      return fail({ reason: 'same_name', message });
    }
    const info = isTable(plugin) ? writeTableRoute(tableRouteOf(plugin)) : [];
    const read = isTable(plugin) ? readTableRoute(plugin.name, info, false) : undefined;
    if (read?.ok === false) return fail({ reason: 'bad_table', message: read.error.message });
    named.set(plugin.name, info);
  }
  return ok(routes);
};

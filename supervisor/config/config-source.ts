import { activeConfig } from '../extensions/await-plugins.ts';
import type { PluginCaller } from '../extensions/plugin-caller.ts';
import type { Flags } from './flags.ts';
import { PluginConfig } from './plugin-config.ts';
import type { ConfigReader } from './sources.ts';

/** Where the daemon's config comes from: files, or the plugin of an extension. */
export interface ConfigSource {
  readonly reader: ConfigReader;
  /** An extension brings it: there is nothing to read before that is there. */
  readonly isBrought: boolean;
  /** Brings what the reader reads up to date; what went wrong is told by the reader. */
  fetch(): Promise<void>;
  /** Takes what the plugin pushes. */
  push(source: string, data: string): Promise<void>;
}

/** The source that `config_plugin` names. Nobody pushes into files. */
export const configSource = (
  flags: Flags,
  plugins: Pick<PluginCaller, 'call'>,
  files: ConfigReader,
): ConfigSource => {
  const [plugin] = activeConfig(flags);
  if (plugin !== undefined) return new PluginConfig(plugin.name, plugins);
  return { reader: files, isBrought: false, fetch: async () => undefined, push: async () => undefined };
};

import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { askedAccounts, homePath } from '../host/asked-accounts.ts';
import { readZipped } from '../host/zip-file.ts';
import { type JetbrainsPlugin, likelyFirst, parseJetbrainsPlugin } from '../parsers/jetbrains-plugin.ts';
import { shortenedTexts } from '../parsers/shortened.ts';

/** Directories of the products, which end in a version, and osquery's names for them. */
const products: ReadonlyMap<string, string> = new Map([
  ['CLion', 'clion'],
  ['DataGrip', 'datagrip'],
  ['GoLand', 'goland'],
  ['IdeaIC', 'intellij_idea_community_edition'],
  ['IntelliJIdea', 'intellij_idea'],
  ['PhpStorm', 'phpstorm'],
  ['PyCharm', 'pycharm'],
  ['PyCharmCE', 'pycharm_community_edition'],
  ['ReSharper', 'resharper'],
  ['Rider', 'rider'],
  ['RubyMine', 'rubymine'],
  ['RustRover', 'rust_rov'],
  ['WebStorm', 'webstorm'],
]);

const descriptor = 'META-INF/plugin.xml';
/** Large ones have some 500 KiB. */
const descriptorMax_bytes = 4 * 2 ** 20;

/** What a stranger may make as long as he likes is cut, else long texts would fail the query for all. */
const textMax_bytes = 8 * 1024;

export const jetbrainsPlugins: Table = defineTable({
  name: 'jetbrains_plugins',
  description: 'Plugins that users have installed in development environments of JetBrains.',
  userData: true,
  columns: {
    product_type: text(),
    uid: bigint({ index: true }),
    name: text(),
    version: text({ collate: 'VERSION' }),
    vendor: text(),
    path: text(),
  },
  *generate(query) {
    const { files } = query;
    for (const account of askedAccounts(query, files)) {
      const share = homePath(account, '.local/share/JetBrains');
      for (const product of (files.list(share) ?? []).toSorted()) {
        const product_type = products.get(product.replace(/[\d.]+$/, ''));
        if (product_type === undefined) continue;
        for (const directory of [`${share}/${product}`, `${share}/${product}/plugins`]) {
          for (const plugin of pluginsIn(files, directory))
            yield { product_type, uid: account.uid, ...plugin };
        }
      }
    }
  },
});

/** A plugin is a jar, or a directory with one among its libraries. */
function* pluginsIn(
  files: HostFiles,
  directory: string,
): Generator<JetbrainsPlugin & { readonly path: string }> {
  for (const name of (files.list(directory) ?? []).toSorted()) {
    const path = `${directory}/${name}`;
    const plugin = name.endsWith('.jar') ? pluginInJar(files, path) : pluginInLibraries(files, path, name);
    if (plugin !== undefined) yield { ...plugin, path };
  }
}

const pluginInLibraries = (files: HostFiles, path: string, name: string): JetbrainsPlugin | undefined => {
  const jars = (files.list(`${path}/lib`) ?? []).filter((jar) => jar.endsWith('.jar'));
  for (const jar of likelyFirst(jars, name)) {
    const plugin = pluginInJar(files, `${path}/lib/${jar}`);
    if (plugin !== undefined) return plugin;
  }
  return undefined;
};

const pluginInJar = (files: HostFiles, jar: string): JetbrainsPlugin | undefined => {
  const content = readZipped(files, jar, descriptor, descriptorMax_bytes);
  if (content === undefined) return undefined;
  return shortenedTexts(parseJetbrainsPlugin(Buffer.from(content).toString()), textMax_bytes);
};

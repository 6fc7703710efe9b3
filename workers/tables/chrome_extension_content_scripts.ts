import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { chromeIdentifier, chromeProfiles } from '../host/chrome-profiles.ts';
import { contentScripts } from '../parsers/chrome-manifest.ts';
import { textOf } from '../parsers/json-fields.ts';
import { shortened, shortenedTexts } from '../parsers/shortened.ts';

/** What a stranger may make as long as he likes is cut, else one long text would fail the query for all. */
const textMax_bytes = 8 * 1024;

export const chromeExtensionContentScripts: Table = defineTable({
  name: 'chrome_extension_content_scripts',
  description:
    'Scripts that extensions of Chrome and its kin run in pages, with the pages’ address patterns.',
  userData: true,
  columns: {
    browser_type: text(),
    uid: bigint({ index: true, optimized: true }),
    identifier: text(),
    version: text({ collate: 'VERSION' }),
    script: text(),
    match: text(),
    profile_path: text(),
    path: text(),
    referenced: bigint(),
  },
  *generate(query) {
    for (const { uid, browser_type, profile_path, extensions } of chromeProfiles(query)) {
      for (const { path, manifest, settings } of extensions) {
        const shared = {
          uid,
          browser_type,
          profile_path,
          path,
          identifier: chromeIdentifier(textOf(manifest, 'key')),
          version: shortened(textOf(manifest, 'version'), textMax_bytes),
          referenced: settings === undefined ? 0 : 1,
        };
        for (const each of contentScripts(manifest))
          yield { ...shared, ...shortenedTexts(each, textMax_bytes) };
      }
    }
  },
});

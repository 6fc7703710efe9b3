import { hash } from 'node:crypto';
import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { type ChromeExtension, chromeIdentifier, chromeProfiles } from '../host/chrome-profiles.ts';
import {
  type ChromeManifest,
  chromeUnixSeconds,
  localeOf,
  needsMessages,
  readChromeManifest,
  scalarsAsTexts,
} from '../parsers/chrome-manifest.ts';
import { parseJson } from '../parsers/json-fields.ts';
import { shortened, shortenedTexts } from '../parsers/shortened.ts';

/**
 * What a stranger may make as long as he likes is cut, else long texts would fail the query for all: many of
 * them use up `result_mb`.
 */
const textMax_bytes = 4 * 1024;
const listMax_bytes = 16 * 1024;
const manifestMax_bytes = 80 * 1024;

export const chromeExtensions: Table = defineTable({
  name: 'chrome_extensions',
  description: 'Extensions in users’ profiles of Chrome and of browsers that are made of Chromium.',
  userData: true,
  columns: {
    browser_type: text(),
    uid: bigint({ index: true, optimized: true }),
    name: text(),
    profile: text(),
    profile_path: text(),
    referenced_identifier: text(),
    identifier: text(),
    version: text({ collate: 'VERSION' }),
    description: text(),
    default_locale: text({ aliases: ['locale'] }),
    current_locale: text(),
    update_url: text(),
    author: text(),
    persistent: integer(),
    path: text(),
    permissions: text(),
    permissions_json: text({ hidden: true }),
    optional_permissions: text(),
    optional_permissions_json: text({ hidden: true }),
    manifest_hash: text({ collate: 'NOCASE' }),
    referenced: bigint(),
    from_webstore: text(),
    state: text(),
    install_time: text(),
    install_timestamp: bigint(),
    manifest_json: text({ hidden: true }),
    key: text({ hidden: true }),
  },
  *generate(query) {
    for (const { uid, browser_type, profile, profile_path, extensions } of chromeProfiles(query)) {
      for (const extension of extensions) {
        const said = manifestOf(query.files, extension);
        const { settings } = extension;
        yield {
          ...shownOf(said),
          uid,
          browser_type,
          profile: shortened(profile, textMax_bytes),
          profile_path,
          path: extension.path,
          identifier: query.uses('identifier') ? chromeIdentifier(said.key) : undefined,
          manifest_hash: query.uses('manifest_hash') ? hash('sha256', extension.manifestBytes) : undefined,
          manifest_json: query.uses('manifest_json')
            ? scalarsAsTexts(JSON.stringify(extension.manifest), manifestMax_bytes)
            : undefined,
          referenced: settings === undefined ? 0 : 1,
          referenced_identifier: shortened(settings?.referenced_identifier ?? '', textMax_bytes),
          from_webstore: shortened(settings?.from_webstore ?? '', textMax_bytes),
          state: shortened(settings?.state ?? '', textMax_bytes),
          install_time: shortened(settings?.install_time ?? '', textMax_bytes),
          install_timestamp: chromeUnixSeconds(settings?.install_time ?? ''),
        };
      }
    }
  },
});

const shownOf = (said: ChromeManifest): ChromeManifest => {
  const { permissions, permissions_json, optional_permissions, optional_permissions_json, ...texts } = said;
  return {
    ...shortenedTexts(texts, textMax_bytes),
    ...shortenedTexts({ permissions, optional_permissions }, listMax_bytes),
    permissions_json: scalarsAsTexts(permissions_json, listMax_bytes),
    optional_permissions_json: scalarsAsTexts(optional_permissions_json, listMax_bytes),
  };
};

/** The manifest in the words of its language. */
const manifestOf = (files: HostFiles, { path, manifest }: ChromeExtension): ChromeManifest => {
  const locale = localeOf(manifest);
  // Words come from a directory of the extension, never from above it.
  const isPlain = needsMessages(manifest) && !locale.includes('/');
  const content = isPlain ? files.readText(`${path}/_locales/${locale}/messages.json`) : undefined;
  return readChromeManifest(manifest, parseJson(content ?? ''));
};

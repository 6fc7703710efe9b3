import { fieldOf, itemsOf, type Json, membersOf, textOf, textsOf } from './json-fields.ts';
import { shortened } from './shortened.ts';

/** What a manifest.json of an extension of Chromium says, in the words of its language. */
export interface ChromeManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly author: string;
  readonly default_locale: string;
  readonly current_locale: string;
  readonly update_url: string;
  /** 1 when its background page stays loaded. */
  readonly persistent: number;
  readonly permissions: string;
  readonly permissions_json: string;
  readonly optional_permissions: string;
  readonly optional_permissions_json: string;
  /** Public key in base64; the identifier follows from it. */
  readonly key: string;
}

const message = /^__MSG_(.+?)__$/;

/** Does the manifest leave words to a file of its language? */
export const needsMessages = (manifest: Json): boolean =>
  membersOf(manifest).some(([, value]) => typeof value === 'string' && message.test(value));

/** The language whose messages the words come from. */
export const localeOf = (manifest: Json): string =>
  textOf(manifest, 'default_locale') || textOf(manifest, 'current_locale') || 'en';

/** Reads a manifest; `messages` is the messages.json of its language, undefined where there is none. */
export const readChromeManifest = (manifest: Json, messages: Json | undefined): ChromeManifest => {
  const words = wordsOf(messages);
  const said = (member: string): string => localized(textOf(manifest, member), words);
  return {
    name: said('name'),
    version: said('version'),
    description: said('description'),
    // Since manifest version 3 it is an object with an address.
    author: said('author') || textOf(manifest, 'author', 'email'),
    default_locale: textOf(manifest, 'default_locale'),
    current_locale: textOf(manifest, 'current_locale'),
    update_url: said('update_url'),
    persistent: fieldOf(manifest, 'background', 'persistent') === true ? 1 : 0,
    permissions: textsOf(manifest, 'permissions').join(', '),
    permissions_json: listJson(manifest, 'permissions'),
    optional_permissions: textsOf(manifest, 'optional_permissions').join(', '),
    optional_permissions_json: listJson(manifest, 'optional_permissions'),
    key: textOf(manifest, 'key'),
  };
};

/** osquery's way to say that there is no list. */
const listJson = (manifest: Json, member: string): string => {
  const list = fieldOf(manifest, member);
  return list === undefined ? '{}' : JSON.stringify(list);
};

/** Texts of JSON, the last of which may be cut, and what else has a value of its own. */
const scalars = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d[\d.eE+-]*|true|false|null/g;

/**
 * The first `max_bytes` of JSON in which numbers, truth values and null are texts, as in osquery, where
 * `json_extract(manifest_json, '$.manifest_version') = '3'` finds what `= 3` does not.
 */
export const scalarsAsTexts = (json: string, max_bytes: number): string =>
  shortened(
    json.slice(0, max_bytes).replaceAll(scalars, (each) => (each.startsWith('"') ? each : `"${each}"`)),
    max_bytes,
  );

/** Messages by their names, whose case does not matter. */
const wordsOf = (messages: Json | undefined): ReadonlyMap<string, string> =>
  new Map(membersOf(messages).map(([name, entry]) => [name.toLowerCase(), textOf(entry, 'message')]));

const localized = (text: string, words: ReadonlyMap<string, string>): string => {
  const name = message.exec(text)?.[1];
  return (name === undefined ? undefined : words.get(name.toLowerCase())) ?? text;
};

/** A script that an extension runs in pages, and the pattern of their addresses. */
export interface ContentScript {
  readonly script: string;
  readonly match: string;
}

/** Every script of a manifest with every pattern that it runs for. */
export const contentScripts = (manifest: Json): ContentScript[] =>
  itemsOf(manifest, 'content_scripts').flatMap((entry) =>
    textsOf(entry, 'js').flatMap((script) => textsOf(entry, 'matches').map((match) => ({ script, match }))),
  );

/** What the preferences of a profile say of an extension. */
export interface ExtensionSettings {
  readonly referenced_identifier: string;
  /** Path as written: absolute, or below the profile's Extensions. */
  readonly path: string;
  readonly from_webstore: string;
  readonly state: string;
  /** Microseconds since the year 1601. */
  readonly install_time: string;
}

/** Extensions that preferences refer to; Opera's own stand under another name. */
export const extensionSettings = (preferences: Json | undefined): ExtensionSettings[] => {
  const list = ['settings', 'opsettings'].find(
    (name) => fieldOf(preferences, 'extensions', name) !== undefined,
  );
  return membersOf(preferences, 'extensions', list ?? 'settings').flatMap(
    ([referenced_identifier, entry]) => {
      const path = textOf(entry, 'path');
      if (path === '') return [];
      return [
        {
          referenced_identifier,
          path,
          from_webstore: scalarText(fieldOf(entry, 'from_webstore')),
          state: scalarText(fieldOf(entry, 'state')),
          install_time: scalarText(fieldOf(entry, 'install_time') ?? fieldOf(entry, 'first_install_time')),
        },
      ];
    },
  );
};

const scalarText = (value: Json | undefined): string =>
  value === null || value === undefined || typeof value === 'object' ? '' : String(value);

const secondsTo1970 = 11_644_473_600;

/** Unix seconds of Chromium's microseconds since 1601; 0 for what is no such time. */
export const chromeUnixSeconds = (time: string): number => {
  if (!/^\d{1,20}$/.test(time)) return 0;
  return Math.max(0, Number(BigInt(time) / 1_000_000n) - secondsTo1970);
};

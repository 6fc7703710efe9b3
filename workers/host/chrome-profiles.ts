import { hash } from 'node:crypto';
import type { HostFiles } from '../../protocol/host-files.ts';
import type { Column, TableQuery } from '../../protocol/table.ts';
import { type ExtensionSettings, extensionSettings } from '../parsers/chrome-manifest.ts';
import { type Json, parseJson, textOf } from '../parsers/json-fields.ts';
import type { Account } from '../parsers/passwd.ts';
import { askedAccounts, homePath } from './asked-accounts.ts';

/** Browsers made of Chromium, where they keep what is a user's, and what osquery calls them. */
const browsers = [
  ['chrome', '.config/google-chrome'],
  ['chrome_beta', '.config/google-chrome-beta'],
  ['chrome_dev', '.config/google-chrome-unstable'],
  ['brave', '.config/BraveSoftware/Brave-Browser'],
  ['chromium', '.config/chromium'],
  ['chromium', 'snap/chromium/common/chromium'],
  ['yandex', '.config/yandex-browser'],
  ['yandex', '.config/yandex-browser-beta'],
  ['edge', '.config/microsoft-edge'],
  ['edge_beta', '.config/microsoft-edge-beta'],
  ['opera', '.config/opera'],
  ['vivaldi', '.config/vivaldi'],
  ['island', '.config/island'],
  ['chrome', '.var/app/com.google.Chrome/config/google-chrome'],
  ['chrome_dev', '.var/app/com.google.ChromeDev/config/google-chrome-unstable'],
  ['chromium', '.var/app/org.chromium.Chromium/config/chromium'],
  ['brave', '.var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser'],
  ['edge', '.var/app/com.microsoft.Edge/config/microsoft-edge'],
  ['opera', '.var/app/com.opera.Opera/config/opera'],
  ['vivaldi', '.var/app/com.vivaldi.Vivaldi/config/vivaldi'],
] as const;

/** A profile of a browser. One without a name, or with one of its two files of preferences, osquery passes over. */
export interface ChromeProfile {
  readonly uid: number;
  readonly browser_type: string;
  readonly profile_path: string;
  readonly profile: string;
  readonly extensions: readonly ChromeExtension[];
}

/** A directory with an extension in it. */
export interface ChromeExtension {
  readonly path: string;
  readonly manifestBytes: Uint8Array;
  readonly manifest: Json;
  /** What the preferences say of it; undefined for one that is only there. */
  readonly settings: ExtensionSettings | undefined;
}

/** Profiles in the home directories that a scan covers. */
export function* chromeProfiles<C extends { readonly uid: Column }>(
  query: TableQuery<C & Readonly<Record<string, Column>>>,
): Generator<ChromeProfile, undefined> {
  for (const account of askedAccounts(query, query.files)) {
    for (const [browser_type, place] of browsers) {
      for (const profile_path of profilePaths(query.files, account, place))
        yield profileAt(query.files, account, browser_type, profile_path);
    }
  }
  return undefined;
}

const preferenceFiles = ['Preferences', 'Secure Preferences'];

/** The directory itself where it is a profile (as in Opera), else the profiles in it. */
const profilePaths = (files: HostFiles, account: Account, place: string): string[] => {
  const directory = files.realPath(homePath(account, place));
  if (directory === undefined) return [];
  if (isProfile(files, directory)) return [directory];
  const names = (files.entries(directory) ?? []).filter(
    ({ kind }) => kind === 'directory' || kind === 'symlink',
  );
  const paths = names
    .map(({ name }) => files.realPath(`${directory}/${name}`) ?? '')
    .filter((path) => path !== '');
  return [...new Set(paths)].toSorted().filter((path) => isProfile(files, path));
};

const isProfile = (files: HostFiles, directory: string): boolean =>
  preferenceFiles.some((name) => files.stat(`${directory}/${name}`)?.kind === 'regular');

const profileAt = (
  files: HostFiles,
  { uid }: Account,
  browser_type: string,
  profile_path: string,
): ChromeProfile => {
  const preferences = preferenceFiles.map((name) =>
    parseJson(files.readText(`${profile_path}/${name}`) ?? ''),
  );
  const settings = new Map<string, ExtensionSettings>();
  for (const each of preferences.flatMap(extensionSettings)) {
    const path = each.path.startsWith('/') ? each.path : `${profile_path}/Extensions/${each.path}`;
    const known = files.realPath(path) ?? path;
    if (!settings.has(known)) settings.set(known, each);
  }
  const installed = installedPaths(files, `${profile_path}/Extensions`);
  const paths = new Set([...installed.filter((path) => !settings.has(path)), ...settings.keys()]);
  return {
    uid,
    browser_type,
    profile_path,
    profile: preferences.map((each) => textOf(each, 'profile', 'name')).find((name) => name !== '') ?? '',
    extensions: [...paths].flatMap((path) => extensionAt(files, path, settings.get(path))),
  };
};

/** Directories of extensions: an identifier, below it a version. */
const installedPaths = (files: HostFiles, directory: string): string[] =>
  (files.list(directory) ?? []).toSorted().flatMap((identifier) =>
    (files.list(`${directory}/${identifier}`) ?? []).toSorted().flatMap((version) => {
      const path = files.realPath(`${directory}/${identifier}/${version}`);
      return path === undefined ? [] : [path];
    }),
  );

/** None without a manifest that can be read: the browser's own extensions are referred to and have no files. */
const extensionAt = (
  files: HostFiles,
  path: string,
  settings: ExtensionSettings | undefined,
): ChromeExtension[] => {
  const manifestBytes = files.readBytes(`${path}/manifest.json`);
  const manifest = parseJson(Buffer.from(manifestBytes ?? []).toString());
  return manifestBytes === undefined || manifest === undefined
    ? []
    : [{ path, manifestBytes, manifest, settings }];
};

/** The identifier that follows from an extension's key (base64), in letters from a to p; '' without one. */
export const chromeIdentifier = (key: string): string => {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length === 0) return '';
  return hash('sha256', bytes)
    .slice(0, 32)
    .replaceAll(/[0-9a-f]/g, (digit) => String.fromCharCode(0x61 + Number.parseInt(digit, 16)));
};

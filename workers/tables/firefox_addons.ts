import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedAccounts } from '../host/asked-accounts.ts';
import { directoriesLike } from '../host/directories-like.ts';
import {
  fieldOf,
  itemsOf,
  type Json,
  parseJson,
  textOf,
  toldFlag,
  toldInteger,
} from '../parsers/json-fields.ts';
import { shortenedTexts } from '../parsers/shortened.ts';

/** Where Firefox keeps profiles: installed as ever, as a snap, and by the rules of XDG. */
const profiles = [
  '.mozilla/firefox/%',
  'snap/firefox/common/.mozilla/firefox/%',
  '.config/mozilla/firefox/%',
];

/** What a stranger may make as long as he likes is cut, else long texts would fail the query for all. */
const textMax_bytes = 8 * 1024;

export const firefoxAddons: Table = defineTable({
  name: 'firefox_addons',
  description: 'Extensions, themes and other add-ons in users’ profiles of Firefox.',
  userData: true,
  columns: {
    uid: bigint({ additional: true, optimized: true }),
    name: text(),
    identifier: text({ index: true }),
    creator: text(),
    type: text(),
    version: text({ collate: 'VERSION' }),
    description: text(),
    source_url: text(),
    visible: integer(),
    active: integer(),
    disabled: integer(),
    autoupdate: integer(),
    location: text(),
    path: text(),
  },
  *generate(query) {
    const { files } = query;
    for (const { uid, directory } of askedAccounts(query, files)) {
      for (const profile of directoriesLike(files, directory, profiles)) {
        const state = parseJson(files.readText(`${profile}/extensions.json`) ?? '');
        for (const addon of itemsOf(state, 'addons'))
          yield { uid, ...shortenedTexts(rowOf(addon), textMax_bytes) };
      }
    }
  },
});

const rowOf = (addon: Json) => ({
  name: textOf(addon, 'defaultLocale', 'name'),
  identifier: textOf(addon, 'id'),
  creator: textOf(addon, 'defaultLocale', 'creator'),
  type: textOf(addon, 'type'),
  version: textOf(addon, 'version'),
  description: textOf(addon, 'defaultLocale', 'description'),
  source_url: textOf(addon, 'sourceURI'),
  visible: toldFlag(addon, 'visible'),
  active: toldFlag(addon, 'active'),
  // There are several ways to be off; one of them osquery looks for under a name that it does not have.
  disabled: ['softDisabled', 'appDisabled', 'userDisabled'].some((how) => fieldOf(addon, how) === true)
    ? 1
    : 0,
  autoupdate: toldInteger(addon, 'applyBackgroundUpdates'),
  location: textOf(addon, 'location'),
  path: textOf(addon, 'path'),
});

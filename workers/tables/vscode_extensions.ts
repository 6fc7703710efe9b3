import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedAccounts, homePath } from '../host/asked-accounts.ts';
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

/** Directories of the editors, on the desktop and on a host that one works on from afar, and their names. */
const editions = [
  ['.vscode', 'vscode'],
  ['.vscode-server', 'vscode'],
  ['.vscode-insiders', 'vscode_insiders'],
  ['.vscode-server-insiders', 'vscode_insiders'],
  ['.vscode-oss', 'vscodium'],
  ['.vscodium-server', 'vscodium'],
  ['.vscodium-insiders', 'vscodium_insiders'],
  ['.vscodium-server-insiders', 'vscodium_insiders'],
  ['.cursor', 'cursor'],
  ['.cursor-server', 'cursor'],
  ['.windsurf', 'windsurf'],
  ['.windsurf-server', 'windsurf'],
  ['.trae', 'trae'],
  ['.trae-server', 'trae'],
] as const;

/** What a stranger may make as long as he likes is cut, else long texts would fail the query for all. */
const textMax_bytes = 8 * 1024;

/** What an editor tells nothing more of than its identifier is there all the same; osquery passes it over. */
export const vscodeExtensions: Table = defineTable({
  name: 'vscode_extensions',
  description: 'Extensions of Visual Studio Code, and of editors that are made of it, of users.',
  userData: true,
  columns: {
    name: text(),
    uuid: text({ collate: 'NOCASE' }),
    version: text({ collate: 'VERSION' }),
    path: text(),
    publisher: text(),
    publisher_id: text(),
    installed_at: bigint(),
    prerelease: integer(),
    uid: bigint({ additional: true, optimized: true }),
    vscode_edition: text(),
  },
  *generate(query) {
    for (const account of askedAccounts(query, query.files)) {
      for (const [directory, vscode_edition] of editions) {
        const content = query.files.readText(homePath(account, `${directory}/extensions/extensions.json`));
        for (const extension of itemsOf(parseJson(content ?? ''))) {
          if (fieldOf(extension, 'identifier') === undefined) continue;
          yield { ...shortenedTexts(rowOf(extension), textMax_bytes), uid: account.uid, vscode_edition };
        }
      }
    }
  },
});

const rowOf = (extension: Json) => ({
  name: textOf(extension, 'identifier', 'id'),
  uuid: textOf(extension, 'identifier', 'uuid'),
  version: textOf(extension, 'version'),
  path: textOf(extension, 'location', 'path'),
  publisher: textOf(extension, 'metadata', 'publisherDisplayName'),
  publisher_id: textOf(extension, 'metadata', 'publisherId'),
  // Unix milliseconds.
  installed_at: toldInteger(extension, 'metadata', 'installedTimestamp'),
  prerelease: toldFlag(extension, 'metadata', 'isPreReleaseVersion'),
});

import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { hasHome, homePath } from '../host/asked-accounts.ts';
import { type DescribedUnit, systemBus, systemdUnits, type UnitProperty } from '../host/systemd.ts';
import { parseDesktopEntry } from '../parsers/desktop-entry.ts';
import { parsePasswd } from '../parsers/passwd.ts';

const type = 'Startup Item';
const status = 'enabled';

/** A directory of things that are started, and whose it is. */
interface StartupDirectory {
  readonly source: string;
  /** Desktop entries, which name what they start; else scripts, which are started themselves. */
  readonly hasEntries: boolean;
  readonly username: string;
}

/** The table over the system bus at this socket. */
export const startupItemsOf = (socketPath: string): Table =>
  defineTable({
    name: 'startup_items',
    description:
      'What is started with the system or a session: autostart entries, init scripts, systemd’s units.',
    needs: 'net',
    cacheable: true,
    columns: {
      name: text(),
      path: text(),
      // osquery fills it on Windows alone.
      args: text(),
      type: text(),
      source: text(),
      status: text(),
      username: text(),
    },
    async generate(query) {
      const { files } = query;
      const items = startupDirectories(files).flatMap((directory) => itemsIn(files, directory));
      const wanted = unitColumns.filter(([column]) => query.uses(column)).map(([, property]) => property);
      const units = await systemdUnits(query, socketPath, wanted);
      return [...items, ...units.map(unitRow)];
    },
  });

export const startupItems: Table = startupItemsOf(systemBus);

const unitColumns: readonly (readonly ['path' | 'source' | 'username', UnitProperty])[] = [
  ['path', 'FragmentPath'],
  ['source', 'SourcePath'],
  ['username', 'User'],
];

const unitRow = ({ unit, text: property }: DescribedUnit) => ({
  name: unit.id,
  type: 'systemd unit',
  status: unit.active_state,
  ...Object.fromEntries(unitColumns.map(([column, name]) => [column, property(name)])),
});

/** Those of every account, then those of the system. Accounts that share a home are one. */
const startupDirectories = (files: HostFiles): StartupDirectory[] => {
  const accounts = parsePasswd(files.readText('/etc/passwd') ?? '').filter(hasHome);
  const byHome = new Map(accounts.toReversed().map((account) => [account.directory, account]));
  const personal = [...byHome.values()].toReversed().flatMap((account) => {
    const { username } = account;
    return [
      { source: homePath(account, '.config/autostart/'), hasEntries: true, username },
      { source: homePath(account, '.config/autostart-scripts/'), hasEntries: false, username },
    ];
  });
  return [
    ...personal,
    { source: '/etc/init.d/', hasEntries: false, username: '' },
    { source: '/etc/xdg/autostart/', hasEntries: true, username: '' },
  ];
};

/** Hidden scripts are leftovers of tools, as osquery has it; sessions do start a hidden entry, so it is shown. */
const itemsIn = (files: HostFiles, { source, hasEntries, username }: StartupDirectory) => {
  // osquery shows the scripts of a directory that is a link under its real path.
  const directory = files.realPath(source);
  const entries = directory === undefined ? [] : (files.entries(directory) ?? []);
  const shown = entries.filter(
    ({ name, kind }) => kind !== 'directory' && (hasEntries || !name.startsWith('.')),
  );
  const names = shown.map(({ name }) => name);
  return names.toSorted().map((file) => {
    const path = `${directory}/${file}`;
    const about = { type, source, status, username };
    if (!hasEntries) return { name: file, path, ...about };
    const { name, exec } = parseDesktopEntry(files.readText(path) ?? '');
    return { name, path: exec, ...about };
  });
};

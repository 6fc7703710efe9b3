import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { mountEntries } from '../host/mount-entries.ts';

const topLevel = ['checkreqprot', 'deny_unknown', 'enforce', 'mls', 'policyvers', 'reject_unknown'];
const scopes = ['booleans', 'policy_capabilities', 'initial_contexts'];

/** A setting that the kernel does not have is no row; osquery has those of the top level, without a value. */
export const selinuxSettings: Table = defineTable({
  name: 'selinux_settings',
  description:
    'State of SELinux: its mode, booleans, capabilities, initial contexts, and permissions of classes.',
  columns: { scope: text(), key: text(), value: text() },
  *generate({ files }) {
    const mount = mountEntries(files).find(({ type }) => type === 'selinuxfs');
    if (mount === undefined) return;
    yield* valuesIn(files, mount.path, '', topLevel);
    for (const scope of scopes) {
      const directory = `${mount.path}/${scope}`;
      yield* valuesIn(files, directory, scope, (files.list(directory) ?? []).toSorted());
    }
    yield* classesIn(files, `${mount.path}/class`);
  },
});

interface Setting {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** The kernel ends contexts with a NUL. */
const contentOf = (files: HostFiles, path: string): string | undefined =>
  files.readText(path)?.replace(/[\0\s]+$/, '');

function* valuesIn(
  files: HostFiles,
  directory: string,
  scope: string,
  keys: readonly string[],
): Generator<Setting> {
  for (const key of keys) {
    const content = contentOf(files, `${directory}/${key}`);
    const value = scope === 'booleans' ? booleanOf(content) : content;
    if (value !== undefined) yield { scope, key, value };
  }
}

/** The current and the pending value; osquery shows a boolean that is about to change not at all. */
const booleanOf = (content: string | undefined): string | undefined => {
  if (content === '0 0') return 'off';
  return content === '1 1' ? 'on' : undefined;
};

/** Permissions of the classes, each a file in a directory `perms`; the file `index` has the number. */
function* classesIn(files: HostFiles, directory: string): Generator<Setting> {
  for (const name of (files.list(directory) ?? []).toSorted()) {
    for (const value of (files.list(`${directory}/${name}/perms`) ?? []).toSorted())
      yield { scope: 'class', key: `${name}/perms`, value };
  }
}

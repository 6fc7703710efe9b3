import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { parseSysctlConf } from '../parsers/sysctl-conf.ts';

const controls = '/proc/sys';

/** Directories of settings, the first one that has a file of a name wins (sysctl.d(5)). */
const settingsDirectories = [
  ...['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d'],
];

/** A name that is none has no row; osquery gives one without a value for whatever name it is asked for. */
export const systemControls: Table = defineTable({
  name: 'system_controls',
  description: 'Kernel parameters with their current values, and those that the settings files ask for.',
  columns: {
    name: text({ index: true }),
    oid: text({ additional: true }),
    subsystem: text({ additional: true }),
    current_value: text(),
    config_value: text(),
    type: text(),
    field_name: text({ hidden: true }),
  },
  *generate(query) {
    const { files } = query;
    // Numbers for parameters went with sysctl(2) in Linux 5.5: no parameter has one.
    if (query.equals('oid')?.includes('') === false) return;
    const configured = query.uses('config_value') ? configuredValues(files) : new Map<string, string>();
    const asked = query.equals('name');
    const subsystems = asked?.map((name) => name.split('.')[0] ?? '') ?? query.equals('subsystem');
    for (const path of parameterPaths(files, subsystems, asked)) {
      const name = path.slice(controls.length + 1).replaceAll('/', '.');
      if (asked?.includes(name) === false) continue;
      yield {
        name,
        subsystem: name.split('.')[0],
        current_value: query.uses('current_value') ? files.readText(path)?.trim() : undefined,
        config_value: configured.get(name),
        type: 'string',
      };
    }
  },
});

/** Files of the parameters asked for, else of whole subsystems. */
function* parameterPaths(
  files: HostFiles,
  subsystems: readonly string[] | undefined,
  asked: readonly string[] | undefined,
): Generator<string> {
  const direct = asked?.map((name) => `${controls}/${name.replaceAll('.', '/')}`);
  // A part may have a dot of its own, that of a VLAN's interface for one: then the subsystem is searched.
  if (direct?.every((path) => files.stat(path)?.kind === 'regular') === true) {
    yield* direct;
    return;
  }
  for (const { name, kind } of files.entries(controls) ?? []) {
    if (kind === 'directory' && subsystems?.includes(name) !== false)
      yield* filesBelow(files, `${controls}/${name}`);
  }
}

/** procfs has no loops, and is not deep. */
function* filesBelow(files: HostFiles, directory: string): Generator<string> {
  for (const { name, kind } of files.entries(directory) ?? []) {
    if (kind === 'directory') yield* filesBelow(files, `${directory}/${name}`);
    else if (kind === 'regular') yield `${directory}/${name}`;
  }
}

/**
 * What the files ask for, in the order in which they are applied at boot: by their names whatever their directories,
 * then /etc/sysctl.conf (sysctl(8), --system). In osquery that file is the weakest, and /lib the strongest.
 */
const configuredValues = (files: HostFiles): Map<string, string> => {
  const paths = new Map<string, string>();
  for (const directory of settingsDirectories.toReversed()) {
    for (const name of files.list(directory) ?? [])
      if (name.endsWith('.conf')) paths.set(name, `${directory}/${name}`);
  }
  const ordered = [...paths.keys()].toSorted().flatMap((name) => paths.get(name) ?? []);
  const contents = [...ordered, '/etc/sysctl.conf'].map((path) => files.readText(path) ?? '');
  return new Map(contents.flatMap((content) => [...parseSysctlConf(content)]));
};

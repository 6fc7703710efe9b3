import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';

const policy = '/sys/kernel/security/apparmor/policy/profiles';
const fileColumns = ['attach', 'mode', 'sha1', 'sha256'] as const;

export const apparmorProfiles: Table = defineTable({
  name: 'apparmor_profiles',
  description: 'Profiles of AppArmor that the kernel has loaded, those within others too.',
  columns: {
    path: text({ index: true }),
    name: text(),
    attach: text(),
    mode: text(),
    sha1: text({ collate: 'NOCASE' }),
    sha256: text({ collate: 'NOCASE' }),
  },
  *generate(query) {
    const columns = fileColumns.filter((column) => query.uses(column));
    const asked = query.equals('path');
    for (const { directory, name, path } of profilesIn(query.files, policy, '')) {
      if (asked?.includes(path) === false) continue;
      const said = columns.map(
        (file) => [file, query.files.readText(`${directory}/${file}`)?.trim()] as const,
      );
      yield { path, name, ...Object.fromEntries(said) };
    }
  },
});

interface Profile {
  readonly directory: string;
  readonly name: string;
  /** Names of the profiles around it and its own, with `//` between them. */
  readonly path: string;
}

/** How deep profiles are within one another; AppArmor has one level of hats today. */
const deepest = 16;

function* profilesIn(files: HostFiles, directory: string, above: string, level = 1): Generator<Profile> {
  if (level > deepest) return;
  for (const entry of (files.list(directory) ?? []).toSorted()) {
    const below = `${directory}/${entry}`;
    const name = files.readText(`${below}/name`)?.trim();
    if (name === undefined) continue;
    const path = above === '' ? name : `${above}//${name}`;
    yield { directory: below, name, path };
    yield* profilesIn(files, `${below}/profiles`, path, level + 1);
  }
}

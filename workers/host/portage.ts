import type { HostFiles } from '../../protocol/host-files.ts';
import { type PortageAtom, parsePortageAtom } from '../parsers/portage.ts';

const database = '/var/db/pkg';

/** A package that Portage has installed, and the directory with what it knows of it. */
export interface InstalledPortage extends PortageAtom {
  readonly directory: string;
}

/** Installed packages, by category. Directories of a merge that is under way begin with a hyphen. */
export function* installedPortage(files: HostFiles): Generator<InstalledPortage> {
  for (const category of namesIn(files, database)) {
    for (const name of namesIn(files, `${database}/${category}`)) {
      if (!name.startsWith('-'))
        yield { ...parsePortageAtom(`${category}/${name}`), directory: `${database}/${category}/${name}` };
    }
  }
}

const namesIn = (files: HostFiles, directory: string): string[] =>
  (files.entries(directory) ?? [])
    .filter(({ name, kind }) => kind !== 'regular' && !name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted();

import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { installedPortage } from '../host/portage.ts';
import { parsePortageAtom, portageLines } from '../parsers/portage.ts';

export const portagePackages: Table = defineTable({
  name: 'portage_packages',
  description: 'Packages that Portage has installed. `world` says that somebody asked for it by name.',
  columns: {
    package: text(),
    version: text({ collate: 'VERSION' }),
    slot: text(),
    build_time: bigint(),
    repository: text(),
    eapi: bigint(),
    size: bigint(),
    world: integer(),
  },
  *generate(query) {
    const { files } = query;
    const world = query.uses('world') ? portageLines(files.readText('/var/lib/portage/world') ?? '') : [];
    const wanted = new Set(world.map(({ atom }) => parsePortageAtom(atom).package));
    for (const { package: name, version, directory } of installedPortage(files)) {
      const said = (column: FileColumn, file: string): string | undefined =>
        query.uses(column) ? files.readText(`${directory}/${file}`)?.trim() : undefined;
      yield {
        package: name,
        version,
        slot: said('slot', 'SLOT'),
        build_time: wholeNumber(said('build_time', 'BUILD_TIME')),
        repository: said('repository', 'repository'),
        eapi: wholeNumber(said('eapi', 'EAPI')),
        size: wholeNumber(said('size', 'SIZE')),
        world: wanted.has(name) ? 1 : 0,
      };
    }
  },
});

/** Columns that one file each serves. */
type FileColumn = 'slot' | 'build_time' | 'repository' | 'eapi' | 'size';

const wholeNumber = (content: string | undefined): number | undefined =>
  content !== undefined && /^\d{1,15}$/.test(content) ? Number(content) : undefined;

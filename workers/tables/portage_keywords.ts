import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { parsePortageAtom, portageLines } from '../parsers/portage.ts';

const directory = '/etc/portage';

export const portageKeywords: Table = defineTable({
  name: 'portage_keywords',
  description:
    'Packages of Portage whose keywords are accepted, or that are masked or unmasked, on this host.',
  columns: {
    package: text(),
    version: text({ collate: 'VERSION' }),
    keyword: text(),
    mask: integer(),
    unmask: integer(),
  },
  *generate({ files }) {
    const keywords = [...linesOf(files, 'package.keywords'), ...linesOf(files, 'package.accept_keywords')];
    const masked = new Set(linesOf(files, 'package.mask').map(({ atom }) => atom));
    const unmasked = new Set(linesOf(files, 'package.unmask').map(({ atom }) => atom));
    const byAtom = new Map([...keywords].toReversed().map(({ atom, words }) => [atom, words[0] ?? '']));
    for (const atom of new Set([...keywords.map((line) => line.atom), ...masked, ...unmasked])) {
      yield {
        ...parsePortageAtom(atom),
        keyword: byAtom.get(atom) ?? '',
        mask: masked.has(atom) ? 1 : 0,
        unmask: unmasked.has(atom) ? 1 : 0,
      };
    }
  },
});

/** Lines of a file, or of the files in a directory of its name (portage(5)). */
const linesOf = (files: HostFiles, name: string): ReturnType<typeof portageLines> => {
  const path = `${directory}/${name}`;
  const parts = files
    .list(path)
    ?.toSorted()
    .map((part) => `${path}/${part}`) ?? [path];
  return parts.flatMap((part) => portageLines(files.readText(part) ?? ''));
};

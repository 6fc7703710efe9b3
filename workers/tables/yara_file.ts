import { defineTable, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { askedPaths } from '../host/selected-paths.ts';
import { matchCells, matchColumns } from '../host/yara/match-cells.ts';
import { Payload, payloadMax_bytes } from '../host/yara/payload.ts';
import { ruleSets } from '../host/yara/rule-sets.ts';

export const yaraFile: Table = defineTable({
  name: 'yara_file',
  description: 'Which YARA rules match files: a row for each file that can be read and each set of rules.',
  aliases: ['yara'],
  example:
    "SELECT path, matches FROM yara_file WHERE path LIKE '/etc/pass%' AND sigrule = 'rule root { strings: $a = \"root:\" condition: $a at 0 }';",
  columns: {
    path: text({ index: true, required: true }),
    ...matchColumns,
  },
  *generate(query) {
    const sets = ruleSets(query);
    const payload = new Payload();
    for (const { pid, files } of namespaceRoots(query)) {
      for (const { path } of askedPaths(query, files)) {
        const bytes = payload.read(files, path);
        if (bytes === 'too_large')
          query.warn(`${path} is not scanned: it has more than ${payloadMax_bytes / 2 ** 20} MiB`);
        else if (bytes !== undefined) {
          for (const { cells, rules, showsStrings } of sets)
            yield { path, ...cells, ...matchCells(rules.scan(bytes), showsStrings), pid_with_namespace: pid };
        }
      }
    }
  },
});

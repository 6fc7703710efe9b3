import { defineTable, integer, type Table } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { processIds } from '../host/process-ids.ts';
import { matchCells, matchColumns } from '../host/yara/match-cells.ts';
import { payloadMax_bytes } from '../host/yara/payload.ts';
import { readProcessMemory } from '../host/yara/process-memory.ts';
import { ruleSets } from '../host/yara/rule-sets.ts';

/** A pid has a memory whatever namespace it is asked from, so `pid_with_namespace` changes nothing here. */
export const yaraProcess: Table = defineTable({
  name: 'yara_process',
  description: 'Which YARA rules match the memory of processes, as far as it is there and may be read.',
  example:
    'SELECT pid, matches FROM yara_process WHERE pid = 1 AND sigrule = \'rule path { strings: $a = "PATH=" condition: $a }\';',
  columns: {
    pid: integer({ index: true, required: true }),
    ...matchColumns,
  },
  *generate(query) {
    const { files, host } = query;
    const sets = ruleSets(query);
    for (const pid of processIds(query).map(Number)) {
      const memory = readProcessMemory(files, pid, host.page_bytes, payloadMax_bytes);
      if (memory === 'too_large')
        query.warn(
          `process ${pid} is not scanned: it has more than ${payloadMax_bytes / 2 ** 20} MiB in memory`,
        );
      else if (memory !== undefined) {
        for (const { cells, rules, showsStrings } of sets) {
          const found = matchCells(rules.scan(memory.bytes), showsStrings, memory.addressOf);
          for (const { pid: pid_with_namespace } of namespaceRoots(query))
            yield { pid, ...cells, ...found, pid_with_namespace };
        }
      }
    }
  },
});

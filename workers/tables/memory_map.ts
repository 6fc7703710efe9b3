import { defineTable, type Table, text } from '../../protocol/table.ts';
import { parseIomem } from '../parsers/iomem.ts';

/** In osquery `end` has the blank that stands before the colon. */
export const memoryMap: Table = defineTable({
  name: 'memory_map',
  description: 'What the physical address ranges of this machine are used for.',
  columns: {
    name: text(),
    start: text(),
    end: text(),
  },
  *generate({ files }) {
    for (const { name, start, end } of parseIomem(files.readText('/proc/iomem') ?? ''))
      yield { name, start: `0x${start}`, end: `0x${end}` };
  },
});

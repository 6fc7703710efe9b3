import { defineTable, type Table, text } from '../../protocol/table.ts';

export const mdPersonalities: Table = defineTable({
  name: 'md_personalities',
  description: 'RAID levels that the running kernel supports.',
  columns: { name: text() },
  *generate({ files }) {
    const line = /^Personalities :(.*)$/m.exec(files.readText('/proc/mdstat') ?? '')?.[1] ?? '';
    for (const [, name] of line.matchAll(/\[([^\]\s]+)\]/g)) yield { name };
  },
});

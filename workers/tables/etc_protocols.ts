import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { parseInetDatabase } from '../parsers/inet-database.ts';

export const etcProtocols: Table = defineTable({
  name: 'etc_protocols',
  description: 'Internet protocols of /etc/protocols.',
  cacheable: true,
  columns: { name: text(), number: integer(), alias: text(), comment: text() },
  *generate({ files }) {
    for (const { fields, comment } of parseInetDatabase(files.readText('/etc/protocols') ?? '')) {
      // As in osquery, further aliases are not shown.
      const [name, number, alias] = fields;
      if (/^\d{1,9}$/.test(number)) yield { name, number: Number(number), alias, comment };
    }
  },
});

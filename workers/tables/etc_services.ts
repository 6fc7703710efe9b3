import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { parseInetDatabase } from '../parsers/inet-database.ts';

export const etcServices: Table = defineTable({
  name: 'etc_services',
  description: 'Network services of /etc/services, one row a port and protocol.',
  example:
    "SELECT p.port, s.name FROM listening_ports p JOIN etc_services s ON s.port = p.port AND s.protocol = 'tcp';",
  cacheable: true,
  columns: { name: text(), port: integer(), protocol: text(), aliases: text(), comment: text() },
  *generate({ files }) {
    for (const { fields, comment } of parseInetDatabase(files.readText('/etc/services') ?? '')) {
      const [name, where, ...aliases] = fields;
      const [, port, protocol] = /^(\d{1,9})\/([^/]+)$/.exec(where) ?? [];
      if (port === undefined) continue;
      yield { name, port: Number(port), protocol, aliases: aliases.join(' '), comment };
    }
  },
});

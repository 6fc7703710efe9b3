import { bigint, defineTable, integer, type Table } from '../../protocol/table.ts';

export const uptime: Table = defineTable({
  name: 'uptime',
  description: 'Time since boot, suspended time included.',
  example: 'SELECT days, hours, total_seconds FROM uptime;',
  columns: {
    days: integer(),
    hours: integer(),
    minutes: integer(),
    seconds: integer(),
    total_seconds: bigint(),
  },
  *generate({ files }) {
    const [, digits] = /^(\d+)(?:\.\d+)? /.exec(files.readText('/proc/uptime') ?? '') ?? [];
    if (digits === undefined) return;
    const total_seconds = Number(digits);
    yield {
      days: Math.floor(total_seconds / 86_400),
      hours: Math.floor(total_seconds / 3600) % 24,
      minutes: Math.floor(total_seconds / 60) % 60,
      seconds: total_seconds % 60,
      total_seconds,
    };
  },
});

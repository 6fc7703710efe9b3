import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { parseUtmp } from '../parsers/utmp.ts';

/** Records of a login and of its end by `ut_type` (utmp(5)), in osquery's words. */
const typeNames: Readonly<Record<number, string>> = { 7: 'user-process', 8: 'dead-process' };

export const last: Table = defineTable({
  name: 'last',
  description: 'Logins and their ends, from /var/log/wtmp.',
  cacheable: true,
  columns: {
    username: text(),
    tty: text(),
    pid: integer(),
    type: integer(),
    type_name: text(),
    time: integer(),
    host: text(),
  },
  *generate({ files }) {
    for (const record of parseUtmp(files.readBytes('/var/log/wtmp') ?? new Uint8Array())) {
      const type_name = typeNames[record.type];
      if (type_name === undefined) continue;
      yield {
        username: record.user,
        tty: record.line,
        pid: record.pid,
        type: record.type,
        type_name,
        time: record.time_unix_s,
        host: record.host,
      };
    }
  },
});

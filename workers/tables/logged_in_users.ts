import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { parseUtmp } from '../parsers/utmp.ts';

/** osquery's words for `ut_type`, by number (utmp(5)). */
const typeNames = [
  'empty',
  'runlevel',
  'boot_time',
  'new_time',
  'old_time',
  'init',
  'login',
  'user',
  'dead',
  'accounting',
] as const;

/** Records of process 1 describe the system, not a login. */
const initPid = 1;

export const loggedInUsers: Table = defineTable({
  name: 'logged_in_users',
  description: 'Records of /run/utmp: logins, and the boot that they belong to.',
  example:
    "SELECT user, tty, host, datetime(time, 'unixepoch') AS since FROM logged_in_users WHERE type = 'user';",
  columns: {
    type: text(),
    user: text(),
    tty: text(),
    host: text(),
    time: bigint(),
    pid: integer(),
    sid: text({ hidden: true }),
    registry_hive: text({ hidden: true }),
  },
  cacheable: true,
  *generate({ files }) {
    // /var/run is a link to /run on every distribution of today; older ones have the file in /var/run itself.
    const bytes = files.readBytes('/run/utmp') ?? files.readBytes('/var/run/utmp');
    for (const record of parseUtmp(bytes ?? new Uint8Array())) {
      if (record.pid === initPid) continue;
      yield {
        type: typeNames[record.type] ?? 'unknown',
        user: record.user,
        tty: record.line,
        host: record.host,
        time: record.time_unix_s,
        pid: record.pid,
      };
    }
  },
});

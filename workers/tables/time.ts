import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { posixAbbreviation } from '../parsers/posix-timezone.ts';
import { zoneAbbreviation } from '../parsers/tzif.ts';

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/**
 * Abbreviation of local time, by the rules of tzset(3) for a TZ: a path, a name below the directory of zones, or a POSIX
 * string. Without a zone that can be read the C library's local time is UTC.
 */
const localZone = (
  files: Pick<HostFiles, 'readBytes'>,
  timeZone: string | undefined,
  unix_s: number,
): string => {
  const named = timeZone?.replace(/^:/, '');
  if (named === '') return 'UTC';
  const file = files.readBytes(zonePath(named));
  return (file && zoneAbbreviation(file, unix_s)) ?? posixAbbreviation(named ?? '', unix_s) ?? 'UTC';
};

const zonePath = (named: string | undefined): string => {
  if (named === undefined) return '/etc/localtime';
  return named.startsWith('/') ? named : `/usr/share/zoneinfo/${named}`;
};

/** osquery has nothing useful in `local_timezone` for a name of more than four letters. */
export const time: Table = defineTable({
  name: 'time',
  description:
    "The host's clock, in UTC; only `local_timezone` is local: that of the daemon's `TZ`, or else of the host.",
  example: 'SELECT iso_8601, timezone FROM time;',
  columns: {
    weekday: text(),
    year: integer(),
    month: integer(),
    day: integer(),
    hour: integer(),
    minutes: integer(),
    seconds: integer(),
    timezone: text(),
    local_timezone: text(),
    unix_time: integer(),
    timestamp: text(),
    datetime: text({ aliases: ['date_time'] }),
    iso_8601: text(),
    win_timestamp: bigint({ hidden: true }),
  },
  *generate(query) {
    const unix_time = Math.floor(query.host.wallClockMs() / 1000);
    const now = new Date(unix_time * 1000);
    const weekday = weekdays[now.getUTCDay()] ?? '';
    const iso_8601 = now.toISOString().replace('.000Z', 'Z');
    const clock = [now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds()].map(twoDigits).join(':');
    yield {
      weekday,
      year: now.getUTCFullYear(),
      month: now.getUTCMonth() + 1,
      day: now.getUTCDate(),
      hour: now.getUTCHours(),
      minutes: now.getUTCMinutes(),
      seconds: now.getUTCSeconds(),
      timezone: 'UTC',
      ...(query.uses('local_timezone') && {
        local_timezone: localZone(query.files, query.host.timeZone, unix_time),
      }),
      unix_time,
      // The form of asctime(3), whose day is padded with a blank.
      timestamp: `${weekday.slice(0, 3)} ${months[now.getUTCMonth()]} ${String(now.getUTCDate()).padStart(2)} ${clock} ${now.getUTCFullYear()} UTC`,
      datetime: iso_8601,
      iso_8601,
    };
  },
});

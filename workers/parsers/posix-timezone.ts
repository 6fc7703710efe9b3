const name = '(<[^>]+>|[A-Za-z]{3,})';
const clock = '([+-]?\\d{1,3}(?::\\d{2}){0,2})';
const zonePattern = new RegExp(`^${name}${clock}(?:${name}${clock}?,([^,]+),([^,]+))?$`);

/**
 * Abbreviation that a POSIX TZ string gives for a moment, e.g. `CEST` for `CET-1CEST,M3.5.0,M10.5.0/3` in July
 * (POSIX.1-2024, chapter 8; negative and long times as in RFC 9636). Undefined when the string is malformed.
 */
export const posixAbbreviation = (zone: string, unix_s: number): string | undefined => {
  const [, standard, offset = '', summer, summerOffset, start, end] = zonePattern.exec(zone) ?? [];
  if (standard === undefined) return undefined;
  if (summer === undefined || start === undefined || end === undefined) return bare(standard);
  // POSIX counts west as positive: local time = UTC - offset.
  const standardWest_s = seconds(offset);
  const summerWest_s = summerOffset === undefined ? standardWest_s - 3600 : seconds(summerOffset);
  const year = new Date((unix_s - standardWest_s) * 1000).getUTCFullYear();
  const from = localMoment(start, year);
  const to = localMoment(end, year);
  if (from === undefined || to === undefined) return undefined;
  const from_s = from + standardWest_s;
  const to_s = to + summerWest_s;
  const inSummer = from_s < to_s ? unix_s >= from_s && unix_s < to_s : unix_s >= from_s || unix_s < to_s;
  return bare(inSummer ? summer : standard);
};

const bare = (text: string): string => text.replaceAll(/[<>]/g, '');

/** `[+-]h[h][:mm[:ss]]` in seconds. */
const seconds = (text: string): number => {
  const [hours = 0, minutes = 0, rest = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  const total = hours * 3600 + minutes * 60 + rest;
  return text.startsWith('-') ? -total : total;
};

/** When a rule (`Mm.w.d`, `Jn`, `n`, each with `/time`) strikes in a year: local time as if it were UTC. */
const localMoment = (rule: string, year: number): number | undefined => {
  const [date = '', time = '2'] = rule.split('/');
  const day = dayOf(date, year);
  return day === undefined ? undefined : day / 1000 + seconds(time);
};

const dayOf = (date: string, year: number): number | undefined => {
  const [, kind, number] = /^(J?)(\d{1,3})$/.exec(date) ?? [];
  if (number !== undefined) {
    // Jn never counts 29 February, n does and starts at 0. Placed in a common year, J60 is always 1 March.
    if (kind !== 'J') return Date.UTC(year, 0, 1 + Number(number));
    const common = new Date(Date.UTC(2001, 0, Number(number)));
    return Date.UTC(year, common.getUTCMonth(), common.getUTCDate());
  }
  const [, month, week, weekday] = /^M(\d{1,2})\.([1-5])\.([0-6])$/.exec(date) ?? [];
  return month === undefined ? undefined : weekdayOf(year, Number(month), Number(week), Number(weekday));
};

/** The `week`-th `weekday` of a month; week 5 is the last one. */
const weekdayOf = (year: number, month: number, week: number, weekday: number): number => {
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const first = 1 + ((weekday - firstWeekday + 7) % 7);
  const lastOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const day = first + (week - 1) * 7;
  return Date.UTC(year, month - 1, day > lastOfMonth ? day - 7 : day);
};

/** Words for times and amounts, as `leash why` uses them. */

const units: readonly (readonly [length_ms: number, one: string, many: string])[] = [
  [86_400_000, 'day', 'days'],
  [3_600_000, 'h', 'h'],
  [60_000, 'min', 'min'],
  [1_000, 's', 's'],
];

/** A length of time in its largest unit: `9 min`, `2 days`; below a second in milliseconds. */
export const span = (length_ms: number): string => {
  for (const [unit_ms, one, many] of units) {
    // 59.6 s is a minute to a reader, not 60 s.
    const count = Math.round(length_ms / unit_ms);
    if (length_ms >= unit_ms || count >= 1) return `${count} ${count === 1 ? one : many}`;
  }
  return `${Math.round(length_ms)} ms`;
};

/** A moment to the second (ISO 8601, UTC). */
export const moment = (unix_ms: number): string => `${new Date(unix_ms).toISOString().slice(0, 19)}Z`;

/** A moment that is over, with how long ago that is. */
export const past = (unix_ms: number, now_unix_ms: number): string =>
  `${moment(unix_ms)} (${span(Math.max(0, now_unix_ms - unix_ms))} ago)`;

/** A moment to come, with how far off it is. */
export const future = (unix_ms: number, now_unix_ms: number): string =>
  `${moment(unix_ms)} (in ${span(Math.max(0, unix_ms - now_unix_ms))})`;

/** A time that was measured, to three digits: milliseconds up to a second, then seconds. */
export const duration = (ms: number): string =>
  ms < 1_000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;

/** An amount of bytes in KB (2^10) or MB (2^20), to three digits. */
export const size = (bytes: number): string =>
  bytes >= 2 ** 20
    ? `${Number((bytes / 2 ** 20).toPrecision(3)).toLocaleString('en-US')} MB`
    : `${Math.round(bytes / 1024)} KB`;

/** A count with its noun. */
export const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** A name as one word of a POSIX shell. */
export const shellWord = (name: string): string =>
  /^[\w%+,./:=@][\w%+,./:=@-]*$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

/** So much of a statement tells it from others. */
const excerpt_chars = 60;

/** The beginning of a statement, on one line. */
export const excerpt = (sql: string): string => {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length <= excerpt_chars ? line : `${line.slice(0, excerpt_chars)}…`;
};

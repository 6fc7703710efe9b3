const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Unix nanoseconds of an RFC 3339 time, as Go writes them; undefined for other text and for Go's zero time. */
export const parseRfc3339 = (text: string): bigint | undefined => {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (year < 1970) return undefined;
  const offset_minutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  const shift_ms = (match[8] === '-' ? -1 : 1) * offset_minutes * 60_000;
  const unix_ms = Date.UTC(year, month - 1, day, hour, minute, second) - shift_ms;
  return BigInt(unix_ms) * 1_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'));
};

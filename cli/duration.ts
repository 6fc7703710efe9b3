const units_ms: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h`, `1d` in milliseconds; undefined for anything else and for no time at all. */
export const parseDuration_ms = (text: string): number | undefined => {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const duration_ms = Number(count) * (units_ms[unit] ?? 0);
  return duration_ms > 0 ? duration_ms : undefined;
};

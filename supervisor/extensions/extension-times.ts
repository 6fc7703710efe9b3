import type { Flags } from '../config/flags.ts';

/** osquery takes nothing below this. */
const shortest_ms = 200;
/** What stands for a text that is no number: the default of both flags. */
const usual_ms = 3_000;

/** `extensions_timeout` or `extensions_interval`, whose seconds are texts as in osquery, in milliseconds. */
export const extensionTime_ms = (
  flags: Flags,
  name: 'extensions_timeout' | 'extensions_interval',
): number => {
  const text = flags.text(name);
  const value_ms = text.trim() === '' ? Number.NaN : Number(text) * 1_000;
  return Number.isFinite(value_ms) && value_ms >= 0 ? Math.max(shortest_ms, value_ms) : usual_ms;
};

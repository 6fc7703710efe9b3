const code = { blank: 0x20, quote: 0x22, backslash: 0x5c, delete: 0x7f, lowSurrogate: 0xdc00 } as const;

/** Most bytes that one UTF-16 unit takes in a result: a control character, written as in `\u0001`. */
const mostUnit_bytes = 6;

/**
 * The text, or as much of its beginning as takes `max_bytes` in a result (JSON, protocol/cell.ts). What a stranger may
 * make as long as he likes, such as the arguments of his processes, would otherwise use up `result_mb`, and fail the
 * queries that look for him.
 */
export const shortened = (text: string, max_bytes: number): string => {
  if (text.length * mostUnit_bytes <= max_bytes) return text;
  let taken_bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    taken_bytes += unitBytes(unit);
    if (taken_bytes > max_bytes) return text.slice(0, isSecondHalf(unit) ? index - 1 : index);
  }
  return text;
};

/** A row whose texts each take at most `max_bytes` in a result. */
export const shortenedTexts = <Row extends object>(row: Row, max_bytes: number): Row => {
  const members = Object.entries(row).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? shortened(value, max_bytes) : value,
  ]);
  return Object.fromEntries(members) as Row;
};

const unitBytes = (unit: number): number => {
  if (unit < code.blank || unit === code.delete) return mostUnit_bytes;
  if (unit === code.quote || unit === code.backslash) return 2;
  return unit < code.delete ? 1 : 3;
};

const isSecondHalf = (unit: number): boolean => unit >= code.lowSurrogate && unit < 0xe000;

/** How large a JSON text may be inside. */
export interface JsonBounds {
  /** Objects and arrays within one another. */
  readonly depth: number;
  /** Members and items of all of them together. */
  readonly values: number;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Looks over a JSON text before it is parsed: the parser would build whatever a peer sends first. Counts only
 * structure; whether the text is JSON at all is left to the parser.
 */
export const isWithinJsonBounds = (text: Uint8Array, bounds: JsonBounds): boolean => {
  let depth = 0;
  let values = 1;
  for (let index = 0; index < text.length; index += 1) {
    const byte = text[index];
    if (byte === quote) index = endOfString(text, index);
    else if (byte === comma) values += 1;
    else if (byte === closeBracket || byte === closeBrace) depth -= 1;
    else if (byte === openBracket || byte === openBrace) {
      depth += 1;
      values += 1;
    }
    if (depth > bounds.depth || values > bounds.values) return false;
  }
  return true;
};

/** Index of the quote that ends the string which begins at `start`; the end of the text when none does. */
const endOfString = (text: Uint8Array, start: number): number => {
  let index = start + 1;
  while (index < text.length && text[index] !== quote) index += text[index] === backslash ? 2 : 1;
  return index;
};

/** Control characters (C0, DEL, C1) and those that turn the direction of writing: what can deceive a terminal. */
const dangerous = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const visible = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  return code < 0x80 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
};

/** A text from the host (a process name, a path) made harmless for a terminal, on one line. */
export const terminalText = (text: string): string => text.replace(dangerous, visible);

/** JSON text made harmless for a terminal, as the same JSON: what it left unescaped stands inside strings only. */
export const terminalJson = (json: string): string =>
  json.replace(dangerous, (char) =>
    char === '\n' ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  );

const hex = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const control = /[\u0000-\u001f]/g;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** osquery's escape of differential results: each byte below 0x20 becomes the text `\xHH`. */
export const escapeText = (text: string): string => text.replace(control, (char) => hex(char.charCodeAt(0)));

/** The same for bytes of unknown encoding: those outside valid UTF-8 are escaped too. A NUL ends the text. */
export const escapeBytes = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  const content = end < 0 ? bytes : bytes.subarray(0, end);
  let text = '';
  for (let from = 0; from < content.length; ) {
    const length = validLength(content, from);
    text +=
      length === 0
        ? hex(content[from] ?? 0)
        : escapeText(decoder.decode(content.subarray(from, from + length)));
    from += Math.max(1, length);
  }
  return text;
};

/** Length of the valid UTF-8 sequence at a position; 0 when the byte there begins none. */
const validLength = (bytes: Uint8Array, from: number): number => {
  const lead = bytes[from] ?? 0;
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
  if (length === 0 || from + length > bytes.length) return 0;
  try {
    decoder.decode(bytes.subarray(from, from + length));
    return length;
  } catch {
    return 0;
  }
};

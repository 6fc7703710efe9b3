import { isUtf8 } from 'node:buffer';

/** Where the surrogates begin that stand for the bytes 0x80 to 0xff of a name that is not UTF-8. */
const firstByteSurrogate = 0xdc00;

/**
 * Text of a name whose bytes need not be UTF-8 (a name of Linux is any bytes but `/` and NUL). A byte that belongs to
 * no character becomes a lone low surrogate (as in Python's PEP 383), so that `nativePath` finds the file again;
 * SQLite shows it as U+FFFD.
 */
export const nameFromBytes = (bytes: Buffer): string => {
  if (isUtf8(bytes)) return bytes.toString();
  let name = '';
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    name += character?.toString() ?? String.fromCharCode(firstByteSurrogate + (bytes[at] ?? 0));
    at += character?.length ?? 1;
  }
  return name;
};

/** What a call of `node:fs` is given for a path: the text, or its bytes where it has a byte of no character. */
export const nativePath = (path: string): string | Buffer => {
  if (path.isWellFormed()) return path;
  return Buffer.concat(
    Array.from(path, (character) => {
      const code = character.codePointAt(0) ?? 0;
      const isByte = code >= firstByteSurrogate + 0x80 && code <= firstByteSurrogate + 0xff;
      return isByte ? Buffer.of(code - firstByteSurrogate) : Buffer.from(character);
    }),
  );
};

/** The bytes of the character that begins at `at`; undefined when none does. */
const characterAt = (bytes: Buffer, at: number): Buffer | undefined => {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const character = bytes.subarray(at, at + length);
  return character.length === length && isUtf8(character) ? character : undefined;
};

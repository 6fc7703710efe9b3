import type { Pointer } from './raw-sqlite.ts';
import type { WasmMemory } from './wasm-memory.ts';

/** A byte in each of the four places of a word. */
const fourTimes = (byte: number): number => Math.imul(byte, 0x0101_0101);

const [ones, highBits] = [fourTimes(0x01), fourTimes(0x80)];
const [blanks, quotes, backslashes] = [fourTimes(0x20), fourTimes(0x22), fourTimes(0x5c)];

/**
 * Whether four bytes at once are plain, in a quarter of the time that one by one takes. What is subtracted from or added
 * to each byte carries its high bit when the byte is not: below a blank, a quote, a backslash, DEL or beyond ASCII. A
 * borrow between bytes comes from such a byte alone, so it never hides one; with bytes beyond ASCII the answer is no anyway.
 */
const isPlainWord = (word: number): boolean =>
  ((word | (word - blanks) | ((word ^ quotes) - ones) | ((word ^ backslashes) - ones) | (word + ones)) &
    highBits) ===
  0;

const isPlainByte = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e && byte !== 0x22 && byte !== 0x5c;

/** Whether text in WASM memory is printable ASCII without a quote or a backslash: what JSON takes as it is. */
export const isPlainText = ({ bytes, view }: WasmMemory, start: Pointer, end: Pointer): boolean => {
  let at = start;
  for (; at + 4 <= end; at += 4) if (!isPlainWord(view.getInt32(at, true))) return false;
  for (; at < end; at += 1) if (!isPlainByte(bytes[at] ?? 0)) return false;
  return true;
};

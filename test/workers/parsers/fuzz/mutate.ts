import type { Random } from '../../../../platform/random.ts';

/** Bytes that readers of text stumble over. */
const words: readonly Buffer[] = [
  ...['\0', '\r\n', '\n\n', '\t', ' ', '\ufeff', '\ufffd', '"', "'", '\\', '#', ':', '=', '%', '__proto__'],
  ...[
    '-1',
    '0',
    '4294967296',
    '18446744073709551616',
    '9'.repeat(40),
    '1e999',
    '0x',
    '..',
    '[',
    ']',
    '(',
    ')',
  ],
].map((word) => Buffer.from(word));
const brokenText = Buffer.from('c3edbfbfff', 'hex');
/** Lengths, counts and offsets that readers of bytes stumble over. */
const numbers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as const;

/** A file of this size shows what takes the square of its length. */
const long_bytes = 64 * 1024;
const veryLong_bytes = 2 ** 20;

/** Draws one damaged input from whole ones; the same randomness gives the same input. */
export const mutate = (samples: readonly Buffer[], random: Random): Buffer => {
  const below = (count: number): number => Math.floor(random.fraction() * count);
  const sample = (): Buffer => samples[below(samples.length)] ?? Buffer.alloc(0);
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  /** A piece of at most so many bytes. */
  const piece = (bytes: Buffer, most: number): Buffer => {
    const start = below(bytes.length);
    return bytes.subarray(start, start + 1 + below(most));
  };
  /** The bytes with some in place of `removed` ones. */
  const spliced = (bytes: Buffer, into: Buffer, removed = 0): Buffer => {
    const at = below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), into, bytes.subarray(at + removed)]);
  };
  const number = (): Buffer => {
    const bytes = Buffer.alloc(below(2) === 0 ? 4 : 2);
    const value = numbers[below(numbers.length)] ?? 0;
    bytes.writeUIntLE(bytes.length === 4 ? value : value & 0xffff, 0, bytes.length);
    return below(2) === 0 ? bytes : bytes.reverse();
  };
  const changes: readonly ((bytes: Buffer) => Buffer)[] = [
    (bytes) => spliced(bytes, noise(1), 1),
    (bytes) => spliced(bytes, Buffer.alloc(0), 1 + below(16)),
    (bytes) => spliced(bytes, words[below(words.length)] ?? brokenText, below(2)),
    (bytes) => spliced(bytes, number(), 4),
    (bytes) => spliced(bytes, noise(below(16))),
    (bytes) => spliced(bytes, piece(bytes, 40)),
    (bytes) => spliced(bytes, piece(sample(), 200), below(200)),
    (bytes) => bytes.subarray(0, below(bytes.length + 1)),
    (bytes) => spliced(bytes, brokenText),
    (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  ];
  let bytes = sample();
  for (let left = 1 + below(6); left > 0; left -= 1) bytes = changes[below(changes.length)]?.(bytes) ?? bytes;
  const rare = below(2000);
  if (rare >= 40 || bytes.length === 0) return bytes;
  // Blanks, digits and other words in a row are what a pattern with two ways through looks at again and again.
  const part = below(2) === 0 ? piece(bytes, 12) : (words[below(words.length)] ?? brokenText);
  return spliced(bytes, Buffer.alloc(rare === 0 ? veryLong_bytes : long_bytes, part));
};

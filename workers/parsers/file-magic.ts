import { signatures, textStarts } from './file-signatures.ts';

/** What a file holds, in the words of file(1) where it is one of the kinds that are known here. */
export interface FileMagic {
  readonly data: string;
  readonly mime_type: string;
  readonly mime_encoding: string;
}

/** Enough of a file to tell what it is. */
export const head_bytes = 4096;

/** What a file is, apart from how its text is encoded, if it has some. */
type Kind = Pick<FileMagic, 'data' | 'mime_type'>;

/**
 * Tells what a file holds by its first `head_bytes`, which `isWhole` says are all of it. Kinds of text are known by how they
 * begin, ELF by its header (System V ABI), other kinds by bytes at a place; the rest is `data`.
 */
export const fileMagic = (head: Uint8Array, isWhole: boolean): FileMagic => {
  if (head.length === 0) return { data: 'empty', mime_type: 'inode/x-empty', mime_encoding: 'binary' };
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const latin1 = bytes.toString('latin1');
  const [mime_encoding, encoding] = encodingOf(bytes, latin1) ?? ['binary'];
  return { ...(binaryKind(bytes, latin1) ?? textKind(latin1, encoding, isWhole)), mime_encoding };
};

const binaryKind = (bytes: Buffer, latin1: string): Kind | undefined => {
  if (latin1.startsWith('\x7fELF')) return elf(bytes);
  const pdf = /^%PDF-(\d+\.\d+)/.exec(latin1);
  if (pdf !== null) return { data: `PDF document, version ${pdf[1]}`, mime_type: 'application/pdf' };
  const known = signatures.find((each) => latin1.startsWith(each.bytes, each.at));
  return known && { data: known.data, mime_type: known.mime_type };
};

/** `encoding` is its name in words; undefined for what is no text. */
const textKind = (latin1: string, encoding: string | undefined, isWhole: boolean): Kind => {
  if (encoding === undefined) return { data: 'data', mime_type: 'application/octet-stream' };
  const start = textStarts.find(([pattern]) => pattern.test(latin1));
  if (start !== undefined) return { data: `${start[1]}, ${encoding}`, mime_type: start[2] };
  if (isWhole && isJson(latin1)) return { data: 'JSON text data', mime_type: 'application/json' };
  const ends = latin1.includes('\r\n') ? ', with CRLF line terminators' : '';
  return { data: `${encoding}${ends}`, mime_type: 'text/plain' };
};

type ElfType = readonly [data: string, mime: string];
const elfTypes: Readonly<Record<number, ElfType>> = {
  1: ['relocatable', 'application/x-object'],
  2: ['executable', 'application/x-executable'],
  3: ['shared object', 'application/x-sharedlib'],
  4: ['core file', 'application/x-coredump'],
};
const pie: ElfType = ['pie executable', 'application/x-pie-executable'];
const strange: ElfType = ['unknown', 'application/octet-stream'];
const machines: Readonly<Record<number, string>> = {
  3: 'Intel 80386',
  8: 'MIPS',
  21: '64-bit PowerPC or cisco 7500',
  22: 'IBM S/390',
  40: 'ARM',
  62: 'x86-64',
  183: 'ARM aarch64',
  243: 'UCB RISC-V',
};

/** A shared object that names an interpreter is a program that may be loaded anywhere. */
const elf = (bytes: Buffer): Kind => {
  if (bytes.length < 64) return { data: 'ELF', mime_type: 'application/octet-stream' };
  const [is64, isBig] = [bytes[4] === 2, bytes[5] === 2];
  const half = (at: number): number => (isBig ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
  const word = (at: number): number => (isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const type = half(16);
  const programHeadersAt = is64
    ? Number(isBig ? bytes.readBigUInt64BE(32) : bytes.readBigUInt64LE(32))
    : word(28);
  const [size, count] = is64 ? [half(54), half(56)] : [half(42), half(44)];
  const starts = Array.from({ length: count }, (_, index) => programHeadersAt + index * size);
  const hasInterpreter = starts.some((at) => at + 4 <= bytes.length && word(at) === 3);
  const [kind, mime_type] = type === 3 && hasInterpreter ? pie : (elfTypes[type] ?? strange);
  const machine = machines[half(18)] ?? 'another architecture';
  const data = `ELF ${is64 ? '64' : '32'}-bit ${isBig ? 'MSB' : 'LSB'} ${kind}, ${machine}`;
  return { data, mime_type };
};

/** Control characters that text has: bell to carriage return, and escape. */
const isText = (bytes: Buffer): boolean =>
  bytes.every((byte) => (byte >= 0x20 && byte !== 0x7f) || (byte >= 0x07 && byte <= 0x0d) || byte === 0x1b);

const encodingOf = (bytes: Buffer, latin1: string): readonly [mime: string, name: string] | undefined => {
  if (latin1.startsWith('\xff\xfe')) return ['utf-16le', 'Unicode text, UTF-16, little-endian text'];
  if (latin1.startsWith('\xfe\xff')) return ['utf-16be', 'Unicode text, UTF-16, big-endian text'];
  if (!isText(bytes)) return undefined;
  if (bytes.every((byte) => byte < 0x80)) return ['us-ascii', 'ASCII text'];
  if (isUtf8(bytes)) return ['utf-8', 'Unicode text, UTF-8 text'];
  return bytes.some((byte) => byte >= 0x80 && byte < 0xa0)
    ? ['unknown-8bit', 'Non-ISO extended-ASCII text']
    : ['iso-8859-1', 'ISO-8859 text'];
};

/** A character that is cut at the end is no reason to say no: the head of a longer file may end within one. */
const isUtf8 = (bytes: Buffer): boolean => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    decoder.decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
};

const isJson = (content: string): boolean => {
  if (!/^\s*[[{]/.test(content)) return false;
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
};

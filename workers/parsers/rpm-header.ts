/** Tags of a package's header that the tables show (rpmtag.h). */
export const rpmTag = {
  sha1: 269,
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  installTime: 1008,
  size: 1009,
  vendor: 1011,
  group: 1016,
  arch: 1022,
  fileSizes: 1028,
  fileModes: 1030,
  fileDigests: 1035,
  fileUsers: 1039,
  fileGroups: 1040,
  sourceRpm: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  longFileSizes: 5008,
  longSize: 5009,
  fileDigestAlgorithm: 5011,
} as const;

/** The tags of a header, as far as they were asked for and are there. */
export interface RpmHeader {
  /** Texts of a tag; none where it is missing or of another type. */
  texts(tag: number): readonly string[];
  /** The first of them; '' where there is none. */
  text(tag: number): string;
  /** Whole numbers of a tag, unsigned. */
  numbers(tag: number): readonly number[];
  /** The first of them. */
  number(tag: number): number | undefined;
}

/** Types of a tag's value. */
const type = { int8: 2, int16: 3, int32: 4, int64: 5, string: 6, stringArray: 8, i18nString: 9 } as const;
const sizes: Readonly<Record<number, number>> = {
  [type.int8]: 1,
  [type.int16]: 2,
  [type.int32]: 4,
  [type.int64]: 8,
};
const intro_bytes = 8;
const entry_bytes = 16;

/**
 * Reads a header as the database of RPM keeps it (rpm.org, "RPM Package format", Header Format, without its magic
 * number): the count of entries and the length of the store, both of 32 bits with the big end first, as is everything;
 * then the entries `tag, type, offset, count`; then the store. Undefined where the bytes are no header. An entry that
 * points out of the store is passed over. Of a tag that is there twice, the later one (added after the package was built)
 * counts.
 */
export const parseRpmHeader = (bytes: Uint8Array, wanted: ReadonlySet<number>): RpmHeader | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < intro_bytes) return undefined;
  const count = buffer.readUInt32BE(0);
  const storeAt = intro_bytes + count * entry_bytes;
  if (count === 0 || storeAt + buffer.readUInt32BE(4) > buffer.length) return undefined;
  const store = buffer.subarray(storeAt, storeAt + buffer.readUInt32BE(4));
  const texts = new Map<number, readonly string[]>();
  const numbers = new Map<number, readonly number[]>();
  for (let at = intro_bytes; at < storeAt; at += entry_bytes) {
    const tag = buffer.readUInt32BE(at);
    if (!wanted.has(tag)) continue;
    const kind = buffer.readUInt32BE(at + 4);
    const offset = buffer.readUInt32BE(at + 8);
    const length = buffer.readUInt32BE(at + 12);
    const size = sizes[kind];
    if (size !== undefined) numbers.set(tag, numbersAt(store, offset, length, size));
    // A translated text stands there once a language: the first one is that of no language.
    else if (kind === type.string || kind === type.i18nString) texts.set(tag, textsAt(store, offset, 1));
    else if (kind === type.stringArray) texts.set(tag, textsAt(store, offset, length));
  }
  return {
    texts: (tag) => texts.get(tag) ?? [],
    text: (tag) => texts.get(tag)?.[0] ?? '',
    numbers: (tag) => numbers.get(tag) ?? [],
    number: (tag) => numbers.get(tag)?.[0],
  };
};

const numbersAt = (store: Buffer, offset: number, count: number, size: number): number[] => {
  const values: number[] = [];
  const end = Math.min(store.length, offset + count * size);
  for (let at = offset; at + size <= end; at += size)
    values.push(size === 8 ? Number(store.readBigUInt64BE(at)) : store.readUIntBE(at, size));
  return values;
};

/** Texts that each end with NUL. The last one of a store that is cut is left out. */
const textsAt = (store: Buffer, offset: number, count: number): string[] => {
  const texts: string[] = [];
  for (let at = offset; at < store.length && texts.length < count; ) {
    const end = store.indexOf(0, at);
    if (end === -1) break;
    texts.push(store.toString('utf8', at, end));
    at = end + 1;
  }
  return texts;
};

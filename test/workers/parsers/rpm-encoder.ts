import type { RpmBlob } from '../../../workers/parsers/rpm-blob.ts';
import { parseRpmHeader, rpmTag } from '../../../workers/parsers/rpm-header.ts';

/** A tag's value as a header holds it: numbers of 16, 32 or 64 bits, a text, a list of texts, or a translated text. */
export type TagValue =
  | { readonly int16: readonly number[] }
  | { readonly int32: readonly number[] }
  | { readonly int64: readonly bigint[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly i18n: readonly string[] };

interface Encoded {
  readonly type: number;
  readonly count: number;
  readonly alignment: number;
  readonly bytes: Buffer;
}

const numbers = <T>(
  type: number,
  size: number,
  values: readonly T[],
  write: (buffer: Buffer, value: T, at: number) => void,
): Encoded => {
  const bytes = Buffer.alloc(values.length * size);
  for (const [index, value] of values.entries()) write(bytes, value, index * size);
  return { type, count: values.length, alignment: size, bytes };
};

const texts = (type: number, values: readonly string[]): Encoded => ({
  type,
  count: values.length,
  alignment: 1,
  bytes: Buffer.from(values.map((value) => `${value}\0`).join('')),
});

const encode = (value: TagValue): Encoded => {
  if ('int16' in value)
    return numbers(3, 2, value.int16, (buffer, each, at) => buffer.writeUInt16BE(each, at));
  if ('int32' in value)
    return numbers(4, 4, value.int32, (buffer, each, at) => buffer.writeUInt32BE(each, at));
  if ('int64' in value)
    return numbers(5, 8, value.int64, (buffer, each, at) => buffer.writeBigUInt64BE(each, at));
  if ('string' in value) return texts(6, [value.string]);
  if ('strings' in value) return texts(8, value.strings);
  return texts(9, value.i18n);
};

/** A header as RPM's database holds it, with the region tag that stands first in every real one. */
export const encodeHeader = (tags: readonly (readonly [number, TagValue])[]): Buffer => {
  let store = Buffer.alloc(0);
  const entries: Buffer[] = [];
  const add = (tag: number, { type, count, alignment, bytes }: Encoded): void => {
    const padding = Buffer.alloc((alignment - (store.length % alignment)) % alignment);
    store = Buffer.concat([store, padding]);
    const entry = Buffer.alloc(16);
    for (const [index, field] of [tag, type, store.length, count].entries())
      entry.writeUInt32BE(field, index * 4);
    entries.push(entry);
    store = Buffer.concat([store, bytes]);
  };
  for (const [tag, value] of tags) add(tag, encode(value));
  add(63, { type: 7, count: 16, alignment: 1, bytes: Buffer.alloc(16, 0xff) });
  const intro = Buffer.alloc(8);
  intro.writeUInt32BE(entries.length, 0);
  intro.writeUInt32BE(store.length, 4);
  const region = entries.pop() ?? Buffer.alloc(0);
  return Buffer.concat([intro, region, ...entries, store]);
};

/** Name of the package whose header was found in a database; what is wrong, where it was not. */
export const nameIn = (blob: RpmBlob): string | undefined =>
  blob.ok ? parseRpmHeader(blob.value, new Set([rpmTag.name]))?.text(rpmTag.name) : blob.error;

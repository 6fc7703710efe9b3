import { fail, ok, type Result } from '../../protocol/result.ts';
import {
  type BerkeleyPage,
  BerkeleyPages,
  berkeleyMeta,
  berkeleyMeta_bytes,
  bucketPage,
  pageHeader_bytes,
} from './berkeley-pages.ts';
import type { ReadRange } from './read-range.ts';
import { blobMax_bytes, type RpmBlob, tooLarge } from './rpm-blob.ts';

/** Those of a hash: newer ones are sorted within a page, which makes no difference here. */
const pageKind = { unsortedHash: 2, overflow: 7, hash: 13 } as const;
const itemKind = { onPage: 1, offPage: 3 } as const;
const offPage_bytes = 12;
const key_bytes = 4;

/** A value: on its page, or in a chain of pages of its own. */
type Item = { readonly bytes: Uint8Array } | { readonly firstPage: number; readonly length_bytes: number };

interface Pair {
  readonly package: number;
  readonly header: Item;
}

/**
 * Headers in a database of RPM in a hash of Berkeley DB (`Packages`; its pages are described in Berkeley DB's
 * dbinc/db_page.h). Each bucket is a chain of pages with pairs of a package's number and its header, which has a chain of
 * its own when it is long. Buckets are gone through, so that free pages are not met. The pair of number 0 is no package:
 * it holds the last number that was given away. Of whatever is damaged a sentence tells, and the others follow.
 */
export function* berkeleyBlobs(read: ReadRange, size_bytes: number): Generator<RpmBlob, undefined> {
  const meta = berkeleyMeta(read(0, berkeleyMeta_bytes), size_bytes);
  if (!meta.ok) {
    yield meta;
    return;
  }
  const pages = new BerkeleyPages(read, meta.value);
  const seen = new Set<number>();
  for (let bucket = 0; bucket <= meta.value.lastBucket; bucket += 1) {
    for (const pair of pairsOf(pages, bucketPage(meta.value, bucket))) {
      if (!pair.ok) yield pair;
      else if (seen.has(pair.value.package)) yield fail(`package ${pair.value.package} is there twice`);
      else {
        seen.add(pair.value.package);
        if (pair.value.package !== 0) yield blobOf(pages, pair.value);
      }
    }
  }
}

/** The pairs of a bucket, as far as its chain is whole. */
function* pairsOf(pages: BerkeleyPages, firstPage: number): Generator<Result<Pair, string>, undefined> {
  for (let number = firstPage; ; ) {
    const page = pages.take(number);
    if (!page.ok) {
      yield page;
      return;
    }
    const { kind, next, isBlank } = page.value;
    if (isBlank && number === firstPage) return;
    if (kind !== pageKind.hash && kind !== pageKind.unsortedHash) {
      yield fail(`page ${number} is of kind ${kind}, where a page of the hash was to be`);
      return;
    }
    yield* pairsOn(page.value);
    if (next === 0) return;
    number = next;
  }
}

/** The pairs on a page: its items stand from its end on towards its middle, a key and a value in turn. */
function* pairsOn({ number, view, isLittleEndian, items }: BerkeleyPage): Generator<Result<Pair, string>> {
  const listEnd = pageHeader_bytes + items * 2;
  if (items % 2 !== 0 || listEnd > view.byteLength)
    return yield fail(`page ${number} tells of ${items} items, which are no pairs`);
  let end = view.byteLength;
  for (let index = 0; index < items; index += 2) {
    const listAt = pageHeader_bytes + index * 2;
    const keyAt = view.getUint16(listAt, isLittleEndian);
    const valueAt = view.getUint16(listAt + 2, isLittleEndian);
    if (valueAt < listEnd || keyAt <= valueAt || end <= keyAt)
      return yield fail(`page ${number}: item ${index} or the next one is out of its place`);
    const header = itemAt(view, valueAt, keyAt, isLittleEndian);
    if (view.getUint8(keyAt) !== itemKind.onPage || end - keyAt !== 1 + key_bytes)
      yield fail(`page ${number}: item ${index} is no number of a package`);
    else if (header === undefined)
      yield fail(
        `page ${number}: item ${index + 1} is of kind ${view.getUint8(valueAt)}, which RPM makes none of`,
      );
    else yield ok({ package: view.getUint32(keyAt + 1, isLittleEndian), header });
    end = valueAt;
  }
}

/** The item between two places of a page; undefined for one of another kind. */
const itemAt = (view: DataView, start: number, end: number, isLittleEndian: boolean): Item | undefined => {
  const kind = view.getUint8(start);
  if (kind === itemKind.onPage)
    return { bytes: new Uint8Array(view.buffer, view.byteOffset + start + 1, end - start - 1) };
  if (kind !== itemKind.offPage || end - start !== offPage_bytes) return undefined;
  return {
    firstPage: view.getUint32(start + 4, isLittleEndian),
    length_bytes: view.getUint32(start + 8, isLittleEndian),
  };
};

/** The header of a pair, put together where it stands in a chain. */
const blobOf = (pages: BerkeleyPages, { package: number, header }: Pair): RpmBlob => {
  if ('bytes' in header) return ok(header.bytes);
  const { firstPage, length_bytes } = header;
  const place = `package ${number}, whose header begins on page ${firstPage}`;
  if (length_bytes > blobMax_bytes) return tooLarge(place, length_bytes);
  const parts: Uint8Array[] = [];
  let left = length_bytes;
  for (let [at, before] = [firstPage, 0]; at !== 0; ) {
    const page = pages.take(at);
    if (!page.ok) return fail(`${place}: ${page.error}`);
    const { kind, used, view, next } = page.value;
    if (kind !== pageKind.overflow || page.value.before !== before)
      return fail(`${place}: page ${at} is no part of its chain`);
    if (used === 0 || used > left || pageHeader_bytes + used > view.byteLength)
      return fail(`${place}: page ${at} tells of ${used} bytes, where ${left} are left`);
    parts.push(new Uint8Array(view.buffer, view.byteOffset + pageHeader_bytes, used));
    left -= used;
    [before, at] = [at, next];
  }
  return left === 0 ? ok(Buffer.concat(parts)) : fail(`${place}: its chain ends ${left} bytes too early`);
};

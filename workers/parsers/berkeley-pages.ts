import { fail, ok, type Result } from '../../protocol/result.ts';
import type { ReadRange } from './read-range.ts';
import { viewOf } from './rpm-blob.ts';

/** What the first page of a hash database tells. */
export interface BerkeleyMeta {
  /** The byte order of every number in the file: that of the machine which made it. */
  readonly isLittleEndian: boolean;
  readonly page_bytes: number;
  /** How many pages there are, as the first one tells and as the file has them. */
  readonly pages: number;
  readonly lastBucket: number;
  /** For the buckets of so many bits, how many pages stand before them that are of no bucket. */
  readonly spares: readonly number[];
}

/** A page, and what its header tells. */
export interface BerkeleyPage {
  readonly number: number;
  readonly view: DataView;
  readonly isLittleEndian: boolean;
  /** The pages before and after it in its chain; 0 at the ends. */
  readonly before: number;
  readonly next: number;
  /** How many items are on it, where it has items. */
  readonly items: number;
  /** Of a page of a long value, how many bytes of it are here. */
  readonly used: number;
  readonly kind: number;
  /** It is all zeros, as where a bucket got a place and no item yet. */
  readonly isBlank: boolean;
}

/** How much of the first page is read: the smallest page. */
export const berkeleyMeta_bytes = 512;
const hashMagic = 0x0006_1561;
const btreeMagic = 0x0005_3162;
/** Those that rpm itself reads. */
const versions = { first: 8, last: 10 } as const;
const pageMax_bytes = 65_536;
const sparesCount = 32;
/** Of the smallest, 2 GiB. A file with holes may tell of many more. */
const mostPages = 2 ** 22;

/** The length of a page's header. */
export const pageHeader_bytes = 26;

/**
 * Reads the first page of a file of Berkeley DB (its dbinc/db_page.h, DBMETA and HMETA). What RPM never asks for, which
 * makes other pages (encryption, checksums, partitions), is refused.
 */
export const berkeleyMeta = (
  bytes: Uint8Array | undefined,
  size_bytes: number,
): Result<BerkeleyMeta, string> => {
  if (bytes?.length !== berkeleyMeta_bytes) return fail('it is shorter than the first page of a Berkeley DB');
  const view = viewOf(bytes);
  const isLittleEndian = [hashMagic, btreeMagic].includes(view.getUint32(12, true));
  const number = (at: number): number => view.getUint32(at, isLittleEndian);
  if (number(12) === btreeMagic)
    return fail('it is a B-tree of Berkeley DB, and RPM keeps packages in a hash');
  if (number(12) !== hashMagic) return fail('it is no Berkeley DB: its magic number is not that of a hash');
  const [version, page_bytes, lastBucket] = [number(16), number(20), number(72)];
  if (version < versions.first || version > versions.last)
    return fail(
      `it is a hash of Berkeley DB of version ${version}: ${versions.first} to ${versions.last} are read`,
    );
  if (view.getUint8(24) !== 0 || view.getUint8(26) !== 0)
    return fail(
      'its pages are encrypted, have checksums or are in several files, which RPM asks for nowhere',
    );
  const isPower = (page_bytes & (page_bytes - 1)) === 0;
  if (!isPower || page_bytes < berkeleyMeta_bytes || page_bytes > pageMax_bytes)
    return fail(`its first page tells of pages of ${page_bytes} bytes`);
  const pages = Math.min(number(32) + 1, Math.floor(size_bytes / page_bytes));
  if (pages > mostPages) return fail(`it has ${pages} pages, more than the ${mostPages} that are read`);
  if (lastBucket >= pages) return fail(`its first page tells of ${lastBucket + 1} buckets on ${pages} pages`);
  // The masks say how many bits of a hash tell the bucket: as many as the last one has, or one less.
  const highMask = 2 ** bitsOf(lastBucket) - 1;
  if (number(76) !== highMask || number(80) !== highMask >>> 1)
    return fail(`its first page tells of ${lastBucket + 1} buckets, and its masks of others`);
  const spares = Array.from({ length: sparesCount }, (_, index) => number(96 + index * 4));
  return ok({ isLittleEndian, page_bytes, pages, lastBucket, spares });
};

/** The page that a bucket begins on. Its number is counted on from the pages of the buckets with fewer bits. */
export const bucketPage = ({ spares }: BerkeleyMeta, bucket: number): number =>
  bucket + (spares[bitsOf(bucket)] ?? 0);

const bitsOf = (bucket: number): number => 32 - Math.clz32(bucket);

/** Pages of a file. Each is a part of one chain, so none is given twice: a chain that runs in a circle ends. */
export class BerkeleyPages {
  readonly #read: ReadRange;
  readonly #meta: BerkeleyMeta;
  readonly #taken = new Set<number>();

  constructor(read: ReadRange, meta: BerkeleyMeta) {
    this.#read = read;
    this.#meta = meta;
  }

  take(number: number): Result<BerkeleyPage, string> {
    if (number === 0 || number >= this.#meta.pages) return fail(`page ${number} is not one of the file's`);
    if (this.#taken.has(number)) return fail(`page ${number} is in two places`);
    this.#taken.add(number);
    const { page_bytes, isLittleEndian } = this.#meta;
    const bytes = this.#read(number * page_bytes, page_bytes);
    if (bytes?.length !== page_bytes) return fail(`page ${number} cannot be read`);
    const view = viewOf(bytes);
    const kind = view.getUint8(25);
    const said = view.getUint32(8, isLittleEndian);
    const isBlank = said === 0 && kind === 0;
    if (said !== number && !isBlank) return fail(`page ${number} says that it is ${said}`);
    return ok({
      number,
      view,
      isLittleEndian,
      before: view.getUint32(12, isLittleEndian),
      next: view.getUint32(16, isLittleEndian),
      items: view.getUint16(20, isLittleEndian),
      used: view.getUint16(22, isLittleEndian),
      kind,
      isBlank,
    });
  }
}

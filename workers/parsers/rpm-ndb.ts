import { fail, ok, type Result } from '../../protocol/result.ts';
import type { ReadRange } from './read-range.ts';
import { blobMax_bytes, type RpmBlob, tooLarge, viewOf } from './rpm-blob.ts';

/** Where the blob of a package is: counts of blocks from the start of the file. */
interface Slot {
  readonly package: number;
  readonly block: number;
  readonly blocks: number;
}

/** Four letters each, with the little end first as is everything: RpmP, Slot, BlbS, BlbE. */
const magic = { file: 0x506d_7052, slot: 0x746f_6c53, head: 0x5362_6c42, tail: 0x4562_6c42 } as const;
const header_bytes = 32;
const slot_bytes = 16;
const block_bytes = 16;
const page_bytes = 4096;
const blobHead_bytes = 16;
const blobTail_bytes = 12;
/** A page has 256 slots: this many are for 262,144 packages. */
const mostSlotPages = 1024;

/**
 * Headers in a database of RPM in its own format NDB (`Packages.db`; rpm's lib/backend/ndb/rpmpkg.c): pages with a slot
 * for each package, the first two of which are the file's header, and after them blobs of whole blocks: the number of the
 * package and the length, the header, and a checksum. Of whatever is damaged a sentence tells, and the others follow.
 */
export function* ndbBlobs(read: ReadRange, size_bytes: number): Generator<RpmBlob, undefined> {
  const pages = slotPages(read(0, header_bytes), size_bytes);
  if (!pages.ok) {
    yield pages;
    return;
  }
  const seen = new Set<number>();
  for (let page = 0; page < pages.value; page += 1) {
    for (const slot of slotsOf(read, page)) {
      if (!slot.ok) yield slot;
      else if (seen.has(slot.value.package)) yield fail(`package ${slot.value.package} has two slots`);
      else {
        seen.add(slot.value.package);
        yield blobOf(read, slot.value, { first: pages.value * page_bytes, end: size_bytes });
      }
    }
  }
}

/** How many pages of slots there are, by the header of the file. */
const slotPages = (header: Uint8Array | undefined, size_bytes: number): Result<number, string> => {
  if (header?.length !== header_bytes) return fail('it is shorter than the header of an NDB database');
  const view = viewOf(header);
  if (view.getUint32(0, true) !== magic.file)
    return fail('it is no NDB database: its first four bytes are not RpmP');
  const version = view.getUint32(4, true);
  if (version !== 0) return fail(`it is an NDB database of version ${version}: only version 0 is read`);
  const pages = view.getUint32(12, true);
  if (pages === 0 || pages > mostSlotPages || pages * page_bytes > size_bytes)
    return fail(`its header tells of ${pages} pages of slots, in a file of ${size_bytes} bytes`);
  return ok(pages);
};

/** The slots of a page that are in use. A page in which one is damaged is not read further. */
function* slotsOf(read: ReadRange, page: number): Generator<Result<Slot, string>, undefined> {
  const bytes = read(page * page_bytes, page_bytes);
  if (bytes?.length !== page_bytes) {
    yield fail(`page ${page} of its slots cannot be read`);
    return;
  }
  const view = viewOf(bytes);
  for (let at = page === 0 ? header_bytes : 0; at < page_bytes; at += slot_bytes) {
    if (view.getUint32(at, true) !== magic.slot) {
      yield fail(`there is no slot at byte ${page * page_bytes + at}: the rest of its page is not read`);
      return;
    }
    const block = view.getUint32(at + 8, true);
    if (block !== 0)
      yield ok({ package: view.getUint32(at + 4, true), block, blocks: view.getUint32(at + 12, true) });
  }
}

/** The blob of a slot, which lies between two places. */
const blobOf = (
  read: ReadRange,
  slot: Slot,
  { first, end }: { readonly first: number; readonly end: number },
): RpmBlob => {
  const start = slot.block * block_bytes;
  const length_bytes = slot.blocks * block_bytes;
  const place = `package ${slot.package} at byte ${start}`;
  if (slot.package === 0 || start < first || start + length_bytes > end)
    return fail(`${place}: its slot points to ${length_bytes} bytes out of the blobs`);
  if (length_bytes > blobMax_bytes) return tooLarge(place, length_bytes);
  const bytes = read(start, length_bytes);
  if (bytes?.length !== length_bytes) return fail(`${place}: its ${length_bytes} bytes cannot be read`);
  const header = headerIn(bytes, slot.package);
  return header === undefined ? fail(`${place}: its blob is damaged`) : ok(header);
};

/** What is in a blob; undefined where it is another package's, where its ends do not fit, or its checksum. */
const headerIn = (bytes: Uint8Array, number: number): Uint8Array | undefined => {
  const tailAt = bytes.length - blobTail_bytes;
  if (tailAt < blobHead_bytes) return undefined;
  const view = viewOf(bytes);
  const length = view.getUint32(12, true);
  const blocks = Math.ceil((blobHead_bytes + length + blobTail_bytes) / block_bytes);
  const isWhole =
    view.getUint32(0, true) === magic.head &&
    view.getUint32(4, true) === number &&
    blocks * block_bytes === bytes.length &&
    view.getUint32(tailAt + 4, true) === length &&
    view.getUint32(tailAt + 8, true) === magic.tail &&
    view.getUint32(tailAt, true) === adler32(bytes.subarray(0, tailAt));
  return isWhole ? bytes.subarray(blobHead_bytes, blobHead_bytes + length) : undefined;
};

/** The largest prime below 2^16 (RFC 1950, 8.2), and how many bytes can be added before a sum leaves 31 bits. */
const adlerBase = 65_521;
const adlerRun_bytes = 3800;

const adler32 = (bytes: Uint8Array): number => {
  let [low, high] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + adlerRun_bytes);
    for (; at < end; at += 1) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= adlerBase;
    high %= adlerBase;
  }
  return high * 65_536 + low;
};

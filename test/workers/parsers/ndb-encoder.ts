import { deflateSync } from 'node:zlib';

const block_bytes = 16;
const page_bytes = 4096;
const ends_bytes = 28;
/** The header of the file takes the place of the first two slots. */
const headSlots = 2;
const slotsOnPage = 256;

/** A package in an NDB database, by its number. */
export interface NdbPackage {
  readonly number: number;
  readonly header: Uint8Array;
}

const words = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes;
};
const letters = (four: string): number => Buffer.from(four).readUInt32LE();

/** zlib ends what it packs with the same checksum. */
const adler32 = (bytes: Uint8Array): number => deflateSync(bytes).readUInt32BE(deflateSync(bytes).length - 4);

const blob = ({ number, header }: NdbPackage): Buffer => {
  const padding = (block_bytes - ((header.length + ends_bytes) % block_bytes)) % block_bytes;
  const summed = Buffer.concat([
    words(letters('BlbS'), number, 1_730_000_000, header.length),
    header,
    Buffer.alloc(padding),
  ]);
  return Buffer.concat([summed, words(adler32(summed), header.length, letters('BlbE'))]);
};

/** A database as rpm makes it in its format NDB, the first slot of which is free, with as many pages of slots as it needs. */
export const encodeNdb = (packages: readonly NdbPackage[]): Buffer => {
  const pages = Math.ceil((headSlots + 1 + packages.length) / slotsOnPage);
  const head = Buffer.concat([words(letters('RpmP'), 0, packages.length, pages, 1000), Buffer.alloc(12)]);
  const slots = [words(letters('Slot'), 0, 0, 0)];
  const blobs: Buffer[] = [];
  let block = (pages * page_bytes) / block_bytes;
  for (const each of packages) {
    const bytes = blob(each);
    slots.push(words(letters('Slot'), each.number, block, bytes.length / block_bytes));
    blobs.push(bytes);
    block += bytes.length / block_bytes;
  }
  const free = pages * slotsOnPage - headSlots - slots.length;
  for (let left = free; left > 0; left -= 1) slots.push(words(letters('Slot'), 0, 0, 0));
  return Buffer.concat([head, ...slots, ...blobs]);
};

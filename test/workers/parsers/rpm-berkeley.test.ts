import fc from 'fast-check';
import t from 'tap';
import { berkeleyBlobs } from '../../../workers/parsers/rpm-berkeley.ts';
import type { RpmBlob } from '../../../workers/parsers/rpm-blob.ts';
import { corpusOf } from './fuzz/corpus.ts';
import { nameIn } from './rpm-encoder.ts';

const blobsOf = (bytes: Uint8Array, size_bytes = bytes.length): readonly RpmBlob[] => [
  ...berkeleyBlobs((offset, length) => bytes.subarray(offset, offset + length), size_bytes),
];
const names = ['bash', 'kernel', ...Array.from({ length: 6 }, (_, index) => `small-${index}`)];

/**
 * Databases that db5.3_load made, of either byte order: 44 pages of 512 bytes, of which pages 1 and 2 are buckets, 43 and
 * 42 have the header of package 1, 41 that of package 2, and the others are free.
 */
const [little = Buffer.alloc(0), big = Buffer.alloc(0)] = corpusOf('rpm-berkeley').map(({ bytes }) => bytes);
const page = (number: number): number => number * 512;

t.test('either byte order, values on their page and in chains', async (t) => {
  for (const bytes of [little, big]) t.strictSame(blobsOf(bytes).map(nameIn).toSorted(), names);
});

t.test('a bucket that has a place and no item yet', async (t) => {
  const bytes = Buffer.from(little);
  bytes.fill(0, page(2), page(3));
  t.equal(blobsOf(bytes).length, 4);
});

type Change = (bytes: Buffer) => unknown;
const word =
  (at: number, value: number): Change =>
  (bytes) =>
    bytes.writeUInt32LE(value, at);
const half =
  (at: number, value: number): Change =>
  (bytes) =>
    bytes.writeUInt16LE(value, at);
const byte =
  (at: number, value: number): Change =>
  (bytes) =>
    bytes.writeUInt8(value, at);

t.test('what is no such database is told, and nothing else', async (t) => {
  const refused = (error: RegExp, ...changes: readonly Change[]): void => {
    const bytes = Buffer.from(little);
    for (const change of changes) change(bytes);
    t.match(blobsOf(bytes), [{ ok: false, error }], String(error));
  };
  refused(/no Berkeley DB/, word(12, 1));
  refused(/B-tree/, word(12, 0x53162));
  refused(/B-tree/, word(12, 0x62310500));
  refused(/of version 7: 8 to 10 are read/, word(16, 7));
  refused(/of version 11/, word(16, 11));
  refused(/encrypted/, byte(24, 1));
  refused(/checksums/, byte(26, 1));
  for (const size of [0, 256, 513, 2 ** 17, 2 ** 31]) refused(/tells of pages of \d+ bytes/, word(20, size));
  refused(/tells of 2 buckets on 1 pages/, word(32, 0));
  refused(/tells of 4294967296 buckets on 44 pages/, word(72, 2 ** 32 - 1));
  refused(/tells of 1 buckets, and its masks of others/, word(72, 0));
  refused(/masks of others/, word(76, 3));
  refused(/masks of others/, word(80, 1));
  // So many buckets would be gone through for long, each of them a hole.
  refused(
    /tells of 2147483648 buckets on 44 pages/,
    ...[word(32, 2 ** 32 - 1), word(72, 2 ** 31 - 1), word(76, 2 ** 31 - 1), word(80, 2 ** 30 - 1)],
  );
  const holes = Buffer.from(little);
  word(32, 2 ** 32 - 1)(holes);
  t.match(blobsOf(holes, 2 ** 42), [{ ok: false, error: /4294967296 pages, more than the 4194304/ }]);
  t.match(blobsOf(little.subarray(0, 511)), [{ error: /shorter than the first page/ }]);
});

t.test('of what is damaged a sentence tells, and the other packages are there', async (t) => {
  const damage = (error: RegExp, left: number, ...changes: readonly Change[]): void => {
    const bytes = Buffer.from(little);
    for (const change of changes) change(bytes);
    const blobs = blobsOf(bytes);
    t.match(
      blobs.filter((blob) => !blob.ok),
      [{ error }],
      String(error),
    );
    t.equal(blobs.length - 1, left, `${error}: packages that are left`);
  };
  const onBucket = { first: 4, second: 4 } as const;
  const spare = 96 + 4;
  damage(/page 0 is not one of the file's/, onBucket.second, word(96, 0));
  damage(/page 4294967296 is not one of the file's/, onBucket.first, word(spare, 2 ** 32 - 1));
  damage(/page 101 is not one of the file's/, onBucket.first, word(spare, 100));
  damage(/page 1 is in two places/, onBucket.first, word(spare, 0));
  damage(/page 3 is of kind 0/, onBucket.first, word(spare, 2));
  damage(/page 43 is of kind 7/, onBucket.first, word(spare, 42));
  damage(/page 1 says that it is 9/, onBucket.second, word(page(1) + 8, 9));
  damage(/page 1 is in two places/, 8, word(page(2) + 16, 1));
  damage(/page 2 is in two places/, 8, word(page(2) + 16, 2));
  damage(/page 1 tells of 9 items/, onBucket.second, half(page(1) + 20, 9));
  damage(/page 1 tells of 65534 items/, onBucket.second, half(page(1) + 20, 65_534));
  damage(/page 1: item 0 or the next one/, onBucket.second, half(page(1) + 26, 512));
  damage(/page 1: item 0 or the next one/, onBucket.second, half(page(1) + 28, 30));
  damage(/page 1: item 2 or the next one/, onBucket.second, half(page(1) + 30, 511));
});

t.test('items that are damaged', async (t) => {
  /** Where an item of a bucket's page is. */
  const item = (number: number, index: number): number =>
    page(number) + little.readUInt16LE(page(number) + 26 + 2 * index);
  const places = [1, 2].flatMap((number) =>
    Array.from({ length: little.readUInt16LE(page(number) + 20) / 2 }, (_, index) => ({
      key: item(number, 2 * index),
      value: item(number, 2 * index + 1),
    })),
  );
  const placeOf = (number: number) => {
    const place = places.find(({ key }) => little.readUInt32LE(key + 1) === number);
    if (place === undefined) throw new Error(`there is no package ${number}`);
    return place;
  };
  const [long, small] = [placeOf(1), placeOf(3)];
  const damage = (error: RegExp, ...changes: readonly Change[]): void => {
    const bytes = Buffer.from(little);
    for (const change of changes) change(bytes);
    const blobs = blobsOf(bytes);
    t.match(
      blobs.filter((blob) => !blob.ok),
      [{ error }],
      String(error),
    );
    t.equal(blobs.length, names.length, `${error}: one package is missing`);
  };
  damage(/is no number of a package/, byte(small.key, 3));
  damage(/package 4 is there twice/, word(small.key + 1, 4));
  damage(/is of kind 2, which RPM makes none of/, byte(small.value, 2));
  damage(/is of kind 3, which RPM makes none of/, byte(small.value, 3));
  damage(/header begins on page 43: page 43 is no part of its chain/, byte(page(43) + 25, 13));
  damage(/page 43 is no part of its chain/, word(page(43) + 12, 5));
  damage(/page 42 is no part of its chain/, word(page(42) + 12, 0));
  damage(/begins on page 42: page 42 is no part of its chain/, word(long.value + 4, 42));
  damage(/begins on page 0: its chain ends 576 bytes too early/, word(long.value + 4, 0));
  damage(/page 43 tells of 0 bytes, where 576 are left/, half(page(43) + 22, 0));
  damage(/page 43 tells of 487 bytes/, half(page(43) + 22, 487));
  damage(/page 42 tells of 91 bytes, where 90 are left/, half(page(42) + 22, 91));
  damage(/ends 1 bytes too early/, half(page(42) + 22, 89));
  damage(/ends 90 bytes too early/, word(page(43) + 16, 0));
  damage(/page 43 is in two places/, word(page(42) + 16, 43));
  damage(/page 42 is in two places/, word(page(42) + 16, 42));
  damage(/page 4294967295 is not one of the file's/, word(page(42) + 16, 2 ** 32 - 1));
  damage(/larger than the 67108864 that are read/, word(long.value + 8, 2 ** 32 - 1));
});

t.test('a file that is cut, or ends while it is read', async (t) => {
  t.match(
    blobsOf(little.subarray(0, page(43))).filter((blob) => !blob.ok),
    [{ error: /page 43 is not one/ }],
  );
  const errors = blobsOf(little.subarray(0, page(2)), little.length).filter((blob) => !blob.ok);
  t.match(errors, [{ error: /package 2, .* page 41 cannot be read/ }, { error: /^page 2 cannot be read/ }]);
});

t.test('any damage ends, and throws nothing', async () => {
  const changes = fc.array(fc.tuple(fc.nat(little.length - 1), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(little, big), changes, (whole, changed) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changed) bytes[at] = value;
      return blobsOf(bytes).length < bytes.length;
    }),
    { numRuns: 1000 },
  );
});

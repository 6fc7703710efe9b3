import fc from 'fast-check';
import t from 'tap';
import type { RpmBlob } from '../../../workers/parsers/rpm-blob.ts';
import { ndbBlobs } from '../../../workers/parsers/rpm-ndb.ts';
import { corpusOf } from './fuzz/corpus.ts';
import { encodeNdb } from './ndb-encoder.ts';
import { nameIn } from './rpm-encoder.ts';

const blobsOf = (bytes: Uint8Array, size_bytes = bytes.length): readonly RpmBlob[] => [
  ...ndbBlobs((offset, length) => bytes.subarray(offset, offset + length), size_bytes),
];
const errorsOf = (bytes: Uint8Array): readonly string[] =>
  blobsOf(bytes).flatMap((blob) => (blob.ok ? [] : [blob.error]));

const header = (letter: string, length: number): Buffer => Buffer.alloc(length, letter);
const three = [
  { number: 1, header: header('a', 100) },
  { number: 2, header: header('b', 5000) },
  { number: 9, header: header('c', 4) },
] as const;
const blocks = { a: 4096, b: 4096 + 128 } as const;
const slots = { free: 32, a: 48, b: 64, c: 80 } as const;

t.test('a database that the code of rpm 4.18 wrote, with packages that went and moved', async (t) => {
  const [written] = corpusOf('rpm-ndb');
  t.strictSame(blobsOf(written?.bytes ?? Buffer.alloc(0)).map(nameIn), [
    'bash',
    'kernel',
    'small-3',
    'small-2',
  ]);
});

t.test('headers of every length', async (t) => {
  t.strictSame(
    blobsOf(encodeNdb(three)).map((blob) => blob.ok && Buffer.from(blob.value)),
    three.map((each) => each.header),
  );
  const many = Array.from({ length: 600 }, (_, index) => ({ number: index + 1, header: header('x', index) }));
  t.strictSame(
    blobsOf(encodeNdb(many)).map((blob) => blob.ok && blob.value.length),
    many.map((each) => each.header.length),
    'slots on three pages',
  );
  t.strictSame(blobsOf(encodeNdb([])), []);
});

t.test('of what is damaged a sentence tells, and the other packages are there', async (t) => {
  const damage = (what: string, change: (bytes: Buffer) => unknown, error: RegExp, left: number): void => {
    const bytes = encodeNdb(three);
    change(bytes);
    t.match(errorsOf(bytes), [error], what);
    t.equal(blobsOf(bytes).length - 1, left, `${what}: packages that are left`);
  };
  const word = (at: number, value: number) => (bytes: Buffer) => bytes.writeUInt32LE(value, at);
  damage('magic number', word(0, 1), /no NDB database/, 0);
  damage('version', word(4, 1), /of version 1: only version 0/, 0);
  for (const pages of [0, 3, 2 ** 32 - 1]) damage('pages', word(12, pages), /tells of \d+ pages of slots/, 0);
  damage('a slot', word(slots.b, 0), /no slot at byte 64: the rest of its page/, 1);
  damage('number in a slot', word(slots.b + 4, 3), /package 3 at byte 4224: its blob is damaged/, 2);
  damage('no number', word(slots.b + 4, 0), /package 0 .* out of the blobs/, 2);
  damage('number of another', word(slots.b + 4, 1), /package 1 has two slots/, 2);
  damage('place among slots', word(slots.b + 8, 255), /package 2 at byte 4080: .* out of the blobs/, 2);
  damage('place after the end', word(slots.b + 8, 2 ** 32 - 1), /out of the blobs/, 2);
  damage('place of another', word(slots.b + 8, 256), /package 2 at byte 4096: its blob is damaged/, 2);
  damage('length past the end', word(slots.c + 12, 99), /points to 1584 bytes out of the blobs/, 2);
  damage('no length', word(slots.a + 12, 0), /package 1 .* its blob is damaged/, 2);
  damage('short length', word(slots.a + 12, 1), /package 1 .* its blob is damaged/, 2);
  damage('length in the blob', word(blocks.a + 12, 99), /its blob is damaged/, 2);
  damage('a byte of the header', word(blocks.b + 99, 0), /package 2 .* its blob is damaged/, 2);
  damage('time in the blob', word(blocks.b + 8, 0), /its blob is damaged/, 2);
  for (const back of [4, 8, 12]) damage('its end', word(blocks.b - back, 0), /package 1 .* is damaged/, 2);
  t.match(errorsOf(Buffer.alloc(0)), [/shorter than the header/]);
  t.match(errorsOf(encodeNdb(three).subarray(0, -16)), [/package 9 .* out of the blobs/]);
});

t.test('what is too large, or cannot be read any more, is told', async (t) => {
  const bytes = encodeNdb(three);
  bytes.writeUInt32LE(2 ** 23, slots.b + 12);
  t.match(blobsOf(bytes, 2 ** 40), [{}, { error: /header of 134217728 bytes is larger than/ }, {}]);
  const cut = (end: number): readonly RpmBlob[] =>
    blobsOf(encodeNdb(three).subarray(0, end), encodeNdb(three).length);
  t.match(cut(4200), [
    { error: /package 1 .* cannot be read/ },
    { error: /package 2 .* cannot be read/ },
    { error: /package 9 .* cannot be read/ },
  ]);
  t.match(cut(4000), [{ error: /page 0 of its slots cannot be read/ }]);
});

t.test('no damage gives a header that was not there', async () => {
  const whole = encodeNdb(three);
  const known = new Set(three.map((each) => each.header.toString('hex')));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      return blobsOf(bytes).every((blob) => !blob.ok || known.has(Buffer.from(blob.value).toString('hex')));
    }),
    { numRuns: 1000 },
  );
});

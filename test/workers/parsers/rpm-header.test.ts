import fc from 'fast-check';
import t from 'tap';
import { rpmFiles, rpmFileTags } from '../../../workers/parsers/rpm-files.ts';
import { parseRpmHeader, rpmTag } from '../../../workers/parsers/rpm-header.ts';
import { encodeHeader, type TagValue } from './rpm-encoder.ts';

const wanted = new Set(Object.values(rpmTag));

const files: readonly (readonly [number, TagValue])[] = [
  [rpmTag.fileSizes, { int32: [10, 4096, 4_000_000_000] }],
  [rpmTag.fileModes, { int16: [0o100755, 0o40755, 0o104711] }],
  [rpmTag.fileDigests, { strings: ['ab', '', 'cd'] }],
  [rpmTag.fileUsers, { strings: ['root', 'root', 'daemon'] }],
  [rpmTag.fileGroups, { strings: ['root', 'mail', 'root'] }],
  [rpmTag.directoryIndexes, { int32: [1, 0, 1] }],
  [rpmTag.baseNames, { strings: ['ls', 'share', 'größe'] }],
  [rpmTag.directoryNames, { strings: ['/usr/', '/usr/bin/'] }],
];

t.test('values of every type come back', async (t) => {
  const header = parseRpmHeader(
    encodeHeader([
      [rpmTag.name, { string: 'bash' }],
      [rpmTag.group, { i18n: ['System', 'Système'] }],
      [rpmTag.epoch, { int32: [0xffff_ffff] }],
      [rpmTag.longSize, { int64: [2n ** 40n] }],
      ...files,
    ]),
    wanted,
  );
  t.equal(header?.text(rpmTag.name), 'bash');
  t.equal(header?.text(rpmTag.group), 'System');
  t.equal(header?.number(rpmTag.epoch), 0xffff_ffff);
  t.equal(header?.number(rpmTag.longSize), 2 ** 40);
  t.strictSame(header?.numbers(rpmTag.fileModes), [0o100755, 0o40755, 0o104711]);
  t.equal(header?.text(rpmTag.arch), '', 'a tag that is not there');
  t.equal(header?.number(rpmTag.name), undefined, 'a tag of another type');
});

t.test('files of a package', async (t) => {
  const digest: readonly (readonly [number, TagValue])[] = [[rpmTag.fileDigestAlgorithm, { int32: [8] }]];
  const paths = (more: readonly (readonly [number, TagValue])[]): readonly unknown[] => {
    const header = parseRpmHeader(
      encodeHeader([...files, ...more]),
      new Set(Object.values(rpmFileTags).flat()),
    );
    return header === undefined ? [] : [...rpmFiles(header)];
  };
  const file = (path: string, mode: number, size_bytes: number, rest: object): object => ({
    ...{ path, username: 'root', groupname: 'root', mode, size_bytes, sha256: '' },
    ...rest,
  });
  t.strictSame(paths(digest), [
    file('/usr/bin/ls', 0o100755, 10, { sha256: 'ab' }),
    file('/usr/share', 0o40755, 4096, { groupname: 'mail' }),
    file('/usr/bin/größe', 0o104711, 4_000_000_000, { username: 'daemon', sha256: 'cd' }),
  ]);
  t.match(paths([]), [{ sha256: '' }, {}, {}], 'MD5, when no algorithm is named');
  t.match(paths([[rpmTag.longFileSizes, { int64: [1n, 2n, 2n ** 33n] }]]), [
    { size_bytes: 1 },
    {},
    { size_bytes: 2 ** 33 },
  ]);
});

t.test('an empty, cut, damaged or foreign header costs nothing and throws nothing', async (t) => {
  const bytes = encodeHeader([[rpmTag.name, { string: 'bash' }], ...files]);
  t.equal(parseRpmHeader(Buffer.alloc(0), wanted), undefined);
  for (let length = 0; length < bytes.length; length += 1)
    t.equal(parseRpmHeader(bytes.subarray(0, length), wanted), undefined, `cut to ${length}`);
  const look = (damaged: Uint8Array): void => {
    const header = parseRpmHeader(damaged, wanted);
    if (header !== undefined) t.ok([...rpmFiles(header)].length <= damaged.length);
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
      const damaged = Buffer.from(bytes);
      for (const [at, byte] of changes) damaged[at] = byte;
      look(damaged);
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), look), { numRuns: 1000 });
  const claims = encodeHeader([[rpmTag.fileSizes, { int32: [1] }]]);
  claims.writeUInt32BE(0xffff_ffff, 8 + 16 + 12);
  t.ok(
    (parseRpmHeader(claims, wanted)?.numbers(rpmTag.fileSizes).length ?? 99) <= 5,
    'a count beyond the store',
  );
});

t.test('a package of 100,000 files', async (t) => {
  const many = 100_000;
  const names = Array.from({ length: many }, (_, index) => `file${index}`);
  const header = parseRpmHeader(
    encodeHeader([
      [rpmTag.baseNames, { strings: names }],
      [rpmTag.directoryIndexes, { int32: names.map(() => 0) }],
      [rpmTag.directoryNames, { strings: ['/d/'] }],
    ]),
    wanted,
  );
  t.equal(header === undefined ? 0 : [...rpmFiles(header)].at(-1)?.path, '/d/file99999');
});

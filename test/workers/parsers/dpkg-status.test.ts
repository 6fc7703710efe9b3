import t from 'tap';
import { type DpkgField, parseDpkgStatus } from '../../../workers/parsers/dpkg-status.ts';

const all: readonly DpkgField[] = [
  'Package',
  'Status',
  'Priority',
  'Section',
  'Installed-Size',
  'Maintainer',
  'Architecture',
  'Source',
  'Version',
];
const parse = (content: string, fields = all): object[] => [...parseDpkgStatus(content, fields)];

const two = `Package: libc6
Status: install ok installed
Priority: optional
Section: libs
Installed-Size: 12988
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: glibc (2.36-9)
Version: 2.36-9+deb12u10
Depends: libgcc-s1, libcrypt1 (>= 1:4.4.10-10~)
Conffiles:
 /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab
Description: GNU C Library: Shared libraries
 Version: 9.9 is no field here, as the line begins with a blank.
 .
 More of it.
Homepage: https://www.gnu.org/software/libc/libc.html

Package: second
Status: deinstall ok config-files
Version: 1:0
`;

const expected = [
  {
    Package: 'libc6',
    Status: 'install ok installed',
    Priority: 'optional',
    Section: 'libs',
    'Installed-Size': '12988',
    Maintainer: 'GNU Libc Maintainers <debian-glibc@lists.debian.org>',
    Architecture: 'amd64',
    Source: 'glibc (2.36-9)',
    Version: '2.36-9+deb12u10',
  },
  { Package: 'second', Status: 'deinstall ok config-files', Version: '1:0' },
];

t.test('fields of packages, and only those asked for', async (t) => {
  t.strictSame(parse(two), expected);
  t.strictSame(parse(two.replaceAll('\n', '\r\n')), expected, 'CRLF');
  t.strictSame(parse(two, ['Package', 'Version']), [
    { Package: 'libc6', Version: '2.36-9+deb12u10' },
    { Package: 'second', Version: '1:0' },
  ]);
  t.strictSame(parse(two, ['Source']), [{ Source: 'glibc (2.36-9)' }]);
  t.strictSame(parse(two, []), []);
});

t.test('a mixture of line ends loses no package', async (t) => {
  const mixed = 'Package: a\r\nX: y\r\n\r\nPackage: b\nX: y\n\nPackage: c\n\r\nPackage: d\n';
  t.strictSame(
    parse(mixed, ['Package']),
    ['a', 'b', 'c', 'd'].map((Package) => ({ Package })),
  );
});

t.test('empty, torn and malformed content', async (t) => {
  t.strictSame(parse(''), []);
  t.strictSame(parse('\n\n\n'), []);
  t.strictSame(parse('Pack'), []);
  t.strictSame(parse('\n\n\nPackage:a\nVersion:\t 1 \n\n\n\nPackage: b\nVersi'), [
    { Package: 'a', Version: '1' },
    { Package: 'b' },
  ]);
  t.strictSame(parse('no colon\n: value\n Package: c\nPackages: d\n\nPackage:'), [{ Package: '' }]);
  t.strictSame(parse('Package: \ufffd\nVersion: 1'), [{ Package: '\ufffd', Version: '1' }]);
});

t.test('values are UTF-8, from bytes as Latin-1', async (t) => {
  const bytes = Buffer.concat([
    Buffer.from('Package: a\nMaintainer: J\u00fcrgen \u732b\nSection: '),
    Buffer.of(0xff, 0x78),
    Buffer.from('\nVersion: 1\n'),
  ]);
  t.strictSame(parse(bytes.toString('latin1')), [
    { Package: 'a', Maintainer: 'J\u00fcrgen \u732b', Section: '\ufffdx', Version: '1' },
  ]);
});

t.test('a huge database and a huge line', async (t) => {
  const many = two.repeat(20_000).replaceAll('1:0\n', '1:0\n\n');
  t.equal(parse(many).length, 40_000);
  t.equal(parse(`Depends: ${'x'.repeat(5e6)}\nPackage: a\n`).length, 1);
});

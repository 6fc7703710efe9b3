import { existsSync } from 'node:fs';
import t from 'tap';
import { parseDeb822Sources, parseSourcesList } from '../../../workers/parsers/apt-sources.ts';
import { deb822Paragraphs } from '../../../workers/parsers/deb822.ts';
import { aptSources } from '../../../workers/tables/apt_sources.ts';
import { scan, tree } from './run-table.ts';

const debian = [
  '-----BEGIN PGP SIGNED MESSAGE-----',
  'Hash: SHA256',
  '',
  'Origin: Debian',
  'Label: Debian',
  'Suite: stable',
  'Version: 12.5',
  'Codename: bookworm',
  'Architectures: all amd64 arm64',
  'Components: main contrib',
  'MD5Sum:',
  ` ${'0'.repeat(32)}     1484 contrib/Contents-all`,
  '-----BEGIN PGP SIGNATURE-----',
].join('\n');

const host = {
  etc: {
    apt: {
      'sources.list': '# one\ndeb http://deb.debian.org/debian/ bookworm main\ndeb-src http://x/ y z\n',
      'sources.list.d': {
        'ubuntu.sources':
          'Types: deb deb-src\nURIs: http://archive.ubuntu.com/ubuntu/\nSuites: noble noble-updates\nComponents: main\nSigned-By: /usr/share/keyrings/u.gpg\n',
        'local.list':
          'deb [ signed-by=/k.gpg arch=amd64 ] https://me:secret@pkg.example.org/a_b ./ # flat\ndeb http://never/ fetched main\n',
        'off.sources': 'Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nEnabled: no\n',
        'old.list.save': 'deb http://deb.debian.org/debian bookworm main\n',
      },
    },
  },
  var: {
    lib: {
      apt: {
        lists: {
          'deb.debian.org_debian_dists_bookworm_InRelease': debian,
          'archive.ubuntu.com_ubuntu_dists_noble_InRelease':
            'Origin: Ubuntu\nSuite: noble\nVersion: 24.04\nCodename: noble\n',
          'pkg.example.org_a%5fb_._Release': 'Codename: flat\n',
        },
      },
    },
  },
};

t.test('sources of both styles with what their releases say', async (t) => {
  const root = tree(t, host);
  t.strictSame(
    scan(aptSources, { root }).rows.map((row) => Object.values(row).filter((value) => value !== undefined)),
    [
      [
        'deb.debian.org/debian bookworm',
        '/etc/apt/sources.list',
        'http://deb.debian.org/debian',
        'bookworm',
        '12.5',
        'Debian',
        'main contrib',
        'all amd64 arm64',
        0,
      ],
      [
        'me:secret@pkg.example.org/a_b ./',
        '/etc/apt/sources.list.d/local.list',
        'https://me:secret@pkg.example.org/a_b',
        'flat',
        0,
      ],
      [
        'archive.ubuntu.com/ubuntu noble',
        '/etc/apt/sources.list.d/ubuntu.sources',
        'http://archive.ubuntu.com/ubuntu',
        'noble',
        '24.04',
        'Ubuntu',
        0,
      ],
    ],
  );
  const { opened } = scan(aptSources, { root, columns: ['name', 'source'] });
  t.notOk(
    opened.filter((path) => path.endsWith('Release')).length > 3,
    'each release is looked for, and none is read',
  );
  t.strictSame(scan(aptSources).rows, []);
});

t.test('empty, torn, CRLF, bytes that are no text, huge', async (t) => {
  const lines = ['', 'deb', 'deb x', 'deb x y', 'debx http://a b', 'deb [x http://a b', 'deb cdrom:[x]/ y'];
  for (const none of [...lines, '\0\ufffd', `deb ${'['.repeat(1e6)}`, `deb${' '.repeat(1e6)}`])
    t.strictSame(parseSourcesList(none), [], none.slice(0, 20));
  t.match(parseSourcesList('deb http://a/ b c\r\n'), [{ base_uri: 'http://a', name: 'a b' }]);
  t.match(parseSourcesList('deb file:/srv/x y z'), [
    { base_uri: 'file:/srv/x', listPrefix: '_srv_x_dists_y_' },
  ]);
  t.strictSame(parseSourcesList('deb http://[fd00::1]:3142/debian x y'), [
    {
      base_uri: 'http://[fd00::1]:3142/debian',
      name: '[fd00::1]:3142/debian x',
      listPrefix: 'fd00::1:3142_debian_dists_x_',
    },
  ]);
  t.equal(parseSourcesList('deb http://a/ b c\n'.repeat(50_000)).length, 50_000);
  for (const none of [
    '',
    ':',
    ' x: y',
    'Types: deb',
    'Types: deb\nURIs: http://a',
    'URIs: http://a\nSuites: b',
  ])
    t.strictSame(parseDeb822Sources(none), [], none);
  const crlf = 'types: DEB deb\r\nUris: http://a\r\n  http://b\r\n# note\r\nSuites: x\r\n\r\n';
  t.strictSame(
    parseDeb822Sources(crlf).map(({ name }) => name),
    ['a x', 'b x'],
  );
  t.equal([...deb822Paragraphs(`a: b\n${' c\n'.repeat(200_000)}`)][0]?.size, 1);
  t.equal([...deb822Paragraphs('a: b\n\n'.repeat(100_000))].length, 100_000);
});

const noLists = !existsSync('/var/lib/apt/lists') && 'needs apt';
t.test('what this host has fetched is there', { skip: noLists }, async (t) => {
  for (const { name, release, maintainer } of scan(aptSources, { root: '/' }).rows)
    t.ok(release !== undefined || maintainer !== undefined, String(name));
});

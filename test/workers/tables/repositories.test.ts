import { spawnSync } from 'node:child_process';
import t from 'tap';
import { parseIni } from '../../../workers/parsers/ini.ts';
import { parsePortageAtom, portageLines } from '../../../workers/parsers/portage.ts';
import { portageKeywords } from '../../../workers/tables/portage_keywords.ts';
import { portagePackages } from '../../../workers/tables/portage_packages.ts';
import { portageUse } from '../../../workers/tables/portage_use.ts';
import { yumSources } from '../../../workers/tables/yum_sources.ts';
import { scan, tree } from './run-table.ts';

const fedora = [
  '[fedora]',
  'name=Fedora $releasever - $basearch',
  '#baseurl=http://download.example/pub/fedora/linux/releases/$releasever/Everything/$basearch/os/',
  'metalink=https://mirrors.fedoraproject.org/metalink?repo=fedora-$releasever&arch=$basearch',
  'enabled=1',
  'gpgcheck=1',
  'gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-$releasever-$basearch',
  '       https://example.org/second',
  '',
  '[fedora-debuginfo]',
  'name = Debug',
  'enabled: 0',
].join('\r\n');

t.test('yum_sources', async (t) => {
  const root = tree(t, {
    etc: {
      'yum.conf': '[main]\nkeepcache=0\n[local]\nname=Local\nbaseurl=file:///srv\n',
      'yum.repos.d': {
        'fedora.repo': fedora,
        'centos.repo': '[base]\nmirrorlist=http://m\n',
        'x.repo.rpmsave': fedora,
      },
    },
  });
  t.strictSame(
    scan(yumSources, { root }).rows.map(
      ({ source, name, baseurl, mirrorlist, metalink, enabled, gpgkey }) => [
        source,
        name,
        baseurl ?? mirrorlist ?? metalink,
        enabled,
        gpgkey,
      ],
    ),
    [
      ['/etc/yum.conf', 'Local', 'file:///srv', undefined, undefined],
      ['/etc/yum.repos.d/centos.repo', undefined, 'http://m', undefined, undefined],
      [
        '/etc/yum.repos.d/fedora.repo',
        'Fedora $releasever - $basearch',
        'https://mirrors.fedoraproject.org/metalink?repo=fedora-$releasever&arch=$basearch',
        '1',
        'file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-$releasever-$basearch\nhttps://example.org/second',
      ],
      ['/etc/yum.repos.d/fedora.repo', 'Debug', undefined, '0', undefined],
    ],
  );
  const elsewhere = tree(t, {
    etc: { 'yum.conf': '[main]\nreposdir=/srv/r/, /nowhere\n  /srv/s relative\n' },
    srv: { r: { 'a.repo': '[a]\n' }, s: { 'b.repo': '[b]\n' } },
    relative: { 'c.repo': '[c]\n' },
  });
  t.match(scan(yumSources, { root: elsewhere }).rows, [
    { source: '/srv/r/a.repo' },
    { source: '/srv/s/b.repo' },
  ]);
  t.strictSame(scan(yumSources).rows, []);
});

t.test('INI that is empty, torn, no text, huge', async (t) => {
  for (const none of ['', '[', '[]', 'a=b', '[x', '# [x]', '\0\ufffd', ' '.repeat(1e6), '='.repeat(1e6)])
    t.strictSame(parseIni(none), [], none.slice(0, 20));
  t.strictSame([...(parseIni('[a]\nx\n=y\nB = 1\n[a]\nb=2\n\tc')[0]?.options ?? [])], [['b', '2\nc']]);
  t.match(parseIni('[a] # x\n  b=1\n  c=2'), [
    {
      name: 'a',
      options: new Map([
        ['b', '1'],
        ['c', '2'],
      ]),
    },
  ]);
  t.equal(parseIni(`[a]\nb=${'x'.repeat(5e6)}\n${' y\n'.repeat(100_000)}`).length, 1);
});

const configparser = `
import configparser, json, sys
parser = configparser.RawConfigParser(strict=False)
parser.read_string(sys.stdin.read())
print(json.dumps([[name, dict(parser[name])] for name in parser.sections()]))
`;
const noPython = spawnSync('python3', ['-V']).status !== 0 && 'needs python3';
t.test('sections are read as configparser reads them', { skip: noPython }, async (t) => {
  for (const content of [
    fedora,
    '[a] # the first\nx=1\n[b]; the second\nx=2\n',
    '  [a]\n  x=1\n  y = 2\n    and more\n  z: 3\n',
    '[a]\n x=1\n  y=2\n z=3\nq=\n  [no section]\n',
    '[a]\nx=\n  # a comment\n  b\n  ; another\n  c\n[b b]\nx=1 ; no comment\n[a]\nX=2\n',
    '[main]\ngpgcheck=1\ninstallonly_limit : 3\nclean=a=b:c\n',
  ]) {
    const told = spawnSync('python3', ['-c', configparser], { input: content, encoding: 'utf8' });
    const read = parseIni(content).map(({ name, options }) => [name, Object.fromEntries(options)]);
    t.strictSame(read, JSON.parse(told.stdout), content.slice(0, 30));
  }
});

const gentoo = {
  var: {
    db: {
      pkg: {
        'dev-lang': {
          'php-8.1.2-r1': {
            SLOT: '8.1\n',
            SIZE: '1234\n',
            EAPI: '8\n',
            BUILD_TIME: '1700000000\n',
            repository: 'gentoo\n',
            USE: 'amd64 cli\n fpm ',
          },
          '-MERGING-x-1': { SLOT: '0' },
        },
        'app-editors': { 'vim-core-9.0': { EAPI: 'paludis-1' } },
        README: 'x',
      },
    },
    lib: { portage: { world: '# mine\ndev-lang/php:8.1\napp-editors/vim-core\n' } },
  },
  etc: {
    portage: {
      'package.keywords': '# c\n>=dev-lang/php-8.1 ~amd64 ~x86\nsys-apps/x # testing\n',
      'package.accept_keywords': { b: '=cat/pkg-1.0-r2 **\n' },
      'package.mask': { a: '>=dev-lang/php-8.1\n<app-misc/y-2\n' },
      'package.unmask': 'sys-apps/x\n',
    },
  },
};

t.test('packages, flags and keywords of Gentoo', async (t) => {
  const root = tree(t, gentoo);
  t.strictSame(scan(portagePackages, { root }).rows.map(Object.values), [
    ['app-editors/vim-core', '9.0', undefined, undefined, undefined, undefined, undefined, 1],
    ['dev-lang/php', '8.1.2-r1', '8.1', 1_700_000_000, 'gentoo', 8, 1234, 0],
  ]);
  const { opened } = scan(portagePackages, { root, columns: ['package', 'slot'] });
  t.strictSame(
    opened.filter((path) => !path.endsWith('SLOT') && path.includes('8.1.2-r1')).length,
    0,
    'only what is asked for',
  );
  t.strictSame(scan(portageUse, { root }).rows.map(Object.values), [
    ['dev-lang/php', '8.1.2-r1', 'amd64'],
    ['dev-lang/php', '8.1.2-r1', 'cli'],
    ['dev-lang/php', '8.1.2-r1', 'fpm'],
  ]);
  t.strictSame(scan(portageKeywords, { root }).rows.map(Object.values), [
    ['dev-lang/php', '>=8.1', '~amd64', 1, 0],
    ['sys-apps/x', '', '', 0, 1],
    ['cat/pkg', '1.0-r2', '**', 0, 0],
    ['app-misc/y', '<2', '', 1, 0],
  ]);
  for (const table of [portagePackages, portageUse, portageKeywords]) t.strictSame(scan(table).rows, []);
});

t.test('atoms of every form', async (t) => {
  const atom = (text: string): unknown[] => Object.values(parsePortageAtom(text));
  t.strictSame(atom('x11-libs/gtk+-3.24'), ['x11-libs/gtk+', '3.24']);
  t.strictSame(atom('~dev-libs/a-1'), ['~dev-libs/a', '1']);
  t.strictSame(atom('media-fonts/font-100dpi'), ['media-fonts/font', '100dpi'], 'as osquery splits it');
  for (const odd of ['', '=', '-', '-1', '/', 'a/b-', `${'-1'.repeat(50_000)}x-`])
    t.doesNotThrow(() => atom(odd));
  t.equal(portageLines(`${'a '.repeat(1e6)}\r\n#${'b\n'.repeat(100_000)}`).length, 100_000);
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseOsRelease } from '../../../workers/parsers/os-release.ts';
import { parseRedhatRelease } from '../../../workers/parsers/redhat-release.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const distributions = [
  'debian-12',
  'ubuntu-24.04',
  'rocky-9',
  'fedora-41',
  'centos-7',
  'alpine-3.20',
  'gentoo',
  'opensuse-leap-15.6',
];

/** What sh makes of the file: it is a shell script by definition. */
const sourced = (path: string, name: string): string | undefined => {
  const sh = spawnSync('sh', ['-c', `. "$1"; eval "printf %s \\"\\$${name}\\""`, 'sh', path], {
    encoding: 'utf8',
  });
  return sh.status === 0 ? sh.stdout : undefined;
};

t.test('agrees with sh about every distribution', async (t) => {
  for (const distribution of distributions) {
    const path = join(fixtures, distribution, 'etc/os-release');
    const values = parseOsRelease(readFileSync(path, 'utf8'));
    for (const name of ['NAME', 'VERSION', 'VERSION_ID', 'ID', 'ID_LIKE', 'ANSI_COLOR']) {
      t.equal(values.get(name) ?? '', sourced(path, name), `${distribution} ${name}`);
    }
  }
});

t.test('agrees with sh about quoting', async (t) => {
  const path = join(
    t.testdir({
      release: String.raw`A="a \"b\" \$c \\ d \e"
B='single $x "quoted"'
C=bare\ word
D=""
E=
  F=indented
A_LATER=1
A_LATER=2
`,
    }),
    'release',
  );
  const values = parseOsRelease(readFileSync(path, 'utf8'));
  for (const name of ['A', 'B', 'C', 'D', 'E', 'F', 'A_LATER']) {
    t.equal(values.get(name), sourced(path, name), name);
  }
});

t.test('what no shell would take', async (t) => {
  t.strictSame([...parseOsRelease('')], []);
  t.strictSame([...parseOsRelease('no assignment\n# ID=comment\n=x\n1A=x\n')], []);
  t.equal(parseOsRelease('NAME="CRLF"\r\nID=crlf\r\n').get('NAME'), 'CRLF');
  t.equal(parseOsRelease('NAME="CRLF"\r\nID=crlf\r\n').get('ID'), 'crlf');
  t.equal(parseOsRelease('NAME="never closed').get('NAME'), 'never closed');
});

t.test('redhat-release', async (t) => {
  const cases: [string, ReturnType<typeof parseRedhatRelease>][] = [
    ['CentOS Linux release 7.9.2009 (Core)\n', { name: 'CentOS Linux', major: 7, minor: 9, patch: 2009 }],
    [
      'Red Hat Enterprise Linux release 8.10 (Ootpa)\n',
      { name: 'Red Hat Enterprise Linux', major: 8, minor: 10, patch: 0 },
    ],
    [
      'Red Hat Enterprise Linux Server release 6.10 (Santiago)',
      { name: 'Red Hat Enterprise Linux Server', major: 6, minor: 10, patch: 0 },
    ],
    ['AlmaLinux release 9.4 (Seafoam Ocelot)', { name: 'AlmaLinux', major: 9, minor: 4, patch: 0 }],
    ['Fedora release 41 (Forty One)', undefined],
    ['CentOS Stream release 9', undefined],
    ['', undefined],
  ];
  for (const [content, expected] of cases) t.strictSame(parseRedhatRelease(content), expected, content);
});

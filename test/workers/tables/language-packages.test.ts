import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parsePythonMetadata } from '../../../workers/parsers/python-metadata.ts';
import { npmPackages } from '../../../workers/tables/npm_packages.ts';
import { pythonPackages } from '../../../workers/tables/python_packages.ts';
import { askHost, scratch } from './ask-host.ts';
import { type Scanned, scan, tree } from './run-table.ts';

const passwd = 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/al%ce:/bin/sh\n';
const requests = [
  'Metadata-Version: 2.1',
  'Name: requests',
  'Version: 2.31.0',
  'Summary: Python HTTP for Humans: with colons.',
  'Author: Kenneth Reitz',
  'License: Apache 2.0',
  '        and more of it',
  '',
  'Name: not a field any more',
].join('\r\n');

/** Rows in the order of their paths: a directory gives its entries in any order. */
const byPath = (rows: Scanned['rows']): Scanned['rows'] =>
  rows.toSorted((a, b) => (String(a.path) < String(b.path) ? -1 : 1));

const host = {
  etc: { passwd },
  usr: {
    lib: {
      python3: {
        'dist-packages': {
          'requests-2.31.0.dist-info': { METADATA: requests, RECORD: '' },
          'six-1.16.0.egg-info': { 'PKG-INFO': 'Name: six\nVersion: 1.16.0\n' },
          'old-1.egg-info': 'Name: old\nVersion: 1\nLicense: GPL\n',
          'broken-1.dist-info': {},
          six: {},
        },
      },
    },
  },
  opt: { miniconda3: { envs: { e: { lib: { 'python3.12': { 'site-packages': { 'c.dist-info': {} } } } } } } },
  home: {
    'al%ce': {
      '.local': {
        lib: {
          'python3.11': {
            'site-packages': { 'mine-1.dist-info': { METADATA: 'Name: mine\nLicense-Expression: MIT\n' } },
          },
        },
      },
    },
    alice: { '.local': { lib: { 'python3.11': { 'site-packages': { 'other.dist-info': {} } } } } },
  },
};

t.test('python_packages of the system and of users', async (t) => {
  const root = tree(t, host);
  const rows = (equals: Record<string, string[]> = {}, uid = 0): unknown[] =>
    scan(pythonPackages, { root, equals, facts: { uid } }).rows.map((row) => [
      row.uid,
      row.name,
      row.license,
    ]);
  const system = [
    [0, undefined, undefined],
    [0, undefined, undefined],
    [0, 'old', 'GPL'],
    [0, 'requests', 'Apache 2.0'],
    [0, 'six', undefined],
  ];
  t.strictSame(rows(), system);
  t.strictSame(rows({}, 1000), [...system, [1000, 'mine', 'MIT']], 'a home whose name has a wildcard in it');
  t.strictSame(rows({ uid: ['1000'] }), [[1000, 'mine', 'MIT']]);
  const directory = '/usr/lib/python3/dist-packages/';
  const asked = scan(pythonPackages, { root, equals: { directory: [directory, 'relative'] } }).rows;
  t.match(byPath(asked), [
    { directory, path: '/usr/lib/python3/dist-packages/broken-1.dist-info' },
    { name: 'old' },
    {
      name: 'requests',
      version: '2.31.0',
      summary: 'Python HTTP for Humans: with colons.',
      author: 'Kenneth Reitz',
    },
    { name: 'six' },
  ]);
  const { opened } = scan(pythonPackages, { root, columns: ['path'] });
  t.notOk(opened.some((path) => path.endsWith('METADATA')));
  t.strictSame(scan(pythonPackages).rows, []);
});

t.test('a directory of Python packages is searched to its end', async (t) => {
  const lib = (): object => ({ 'python3.12': { 'site-packages': site() } });
  const site = (): object => ({
    'tool-1.dist-info': { METADATA: 'Name: tool\n', licenses: {} },
    tool: { _vendor: { 'brought-2.dist-info': {}, 'old.egg-info': '', dir: { '.dist-info-not': {} } } },
    '.cache': { 'hidden-3.dist-info': {} },
  });
  const root = tree(t, {
    etc: { passwd },
    srv: { '.venv': { lib: lib(), lib64: t.fixture('symlink', 'lib'), loop: t.fixture('symlink', '.') } },
    usr: { local: { lib: lib() } },
  });
  const paths = (directory?: string): unknown[] =>
    byPath(
      scan(pythonPackages, { root, equals: directory === undefined ? {} : { directory: [directory] } }).rows,
    ).map(({ path }) => path);
  const [environment, global] = ['/srv/.venv/lib/python3.12', '/usr/local/lib/python3.12'];
  const all = [
    '.cache/hidden-3.dist-info',
    'tool-1.dist-info',
    'tool/_vendor/brought-2.dist-info',
    'tool/_vendor/old.egg-info',
  ];
  const below = (place: string): string[] => all.map((path) => `${place}/site-packages/${path}`);
  t.strictSame(paths('/srv/.venv'), below(environment), 'each once');
  t.strictSame(paths('/srv/.venv/lib64//'), below('/srv/.venv/lib64/python3.12'));
  t.strictSame(paths('/srv'), [], 'a name with a dot right below only when it is asked for');
  t.strictSame(paths('/usr/'), below(global));
  t.strictSame(
    paths(),
    below(global).slice(1, 2),
    'what packages bring along is left out of the usual places',
  );
});

t.test('metadata that is empty, torn, no text, huge', async (t) => {
  const none = {
    name: undefined,
    version: undefined,
    summary: undefined,
    author: undefined,
    license: undefined,
  };
  for (const content of ['', '\n', ':', 'Name', ' Name: x', '\0\ufffd', 'x'.repeat(1e6), `\nName: x`])
    t.strictSame(parsePythonMetadata(content), none, content.slice(0, 20));
  t.equal(parsePythonMetadata(`X: ${'y'.repeat(5e6)}\n${'A: b\n'.repeat(100_000)}name: z`).name, 'z');
});

const metadata = `
import importlib.metadata, json, sys
print(json.dumps(sorted([d.metadata['Name'], d.version] for d in importlib.metadata.distributions(path=[sys.argv[1]]))))
`;
const places = '/usr/lib/python3/dist-packages';
const python = spawnSync('python3', ['-c', metadata, places], { encoding: 'utf8' });
const noPython = (python.status !== 0 || python.stdout.trim() === '[]') && 'needs python3 with packages';
t.test('python_packages agrees with importlib', { skip: noPython }, async (t) => {
  const { rows } = scan(pythonPackages, { root: '/', equals: { directory: [places] } });
  const told = JSON.parse(python.stdout) as [string, string][];
  const shown = rows.map(({ name, version }) => JSON.stringify([name, version]));
  t.strictSame(new Set(shown), new Set(told.map((each) => JSON.stringify(each))));
});

const manifest = (name: string, more: object = {}): { 'package.json': string } => ({
  'package.json': JSON.stringify({ name, version: '1.0.0', ...more }),
});

t.test('npm_packages, with packages of packages', async (t) => {
  const root = tree(t, {
    usr: {
      lib: {
        node_modules: {
          npm: {
            ...manifest('npm', {
              author: 'GitHub Inc.',
              license: { url: 'https://x' },
              homepage: 'https://npm',
            }),
            node_modules: { '@scope': { inner: { ...manifest('@scope/inner', { author: { name: 'A' } }) } } },
          },
          torn: { 'package.json': '{"name": "to' },
          'no-manifest': {},
          '.bin': manifest('hidden'),
          file: 'x',
        },
      },
    },
    home: {
      alice: {
        '.nvm': { versions: { node: { 'v22.1.0': { lib: { node_modules: { n: manifest('n') } } } } } },
      },
    },
  });
  const rows = (equals: Record<string, string[]> = {}): unknown[] =>
    scan(npmPackages, { root, equals }).rows.map((row) => [row.name, row.author, row.license, row.depth]);
  const inner = ['@scope/inner', 'A', '', 1];
  const outer = [
    ['npm', 'GitHub Inc.', 'https://x', 0],
    ['', '', '', 0],
  ];
  t.strictSame(rows(), [['n', '', '', 0], ...outer, inner]);
  t.strictSame(rows({ max_depth: ['0'], directory: ['/usr/lib/'] }), outer);
  t.strictSame(rows({ directory: ['relative', '/nowhere'] }), []);
  t.match(scan(npmPackages, { root }).rows[1], {
    path: '/usr/lib/node_modules/npm/package.json',
    directory: '/usr/lib',
    homepage: 'https://npm',
    max_depth: 100,
  });
  t.strictSame(scan(npmPackages).rows, []);
});

t.test('links that lead back end', async (t) => {
  const root = scratch(t);
  const modules = join(root, 'site/node_modules/a/node_modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(root, 'site/node_modules/a/package.json'), '{"name":"a"}');
  symlinkSync('../../a', join(modules, 'b'));
  execFileSync('mkfifo', [join(root, 'site/node_modules/a/node_modules/package.json')]);
  const { rows } = askHost("SELECT name, depth FROM npm_packages WHERE directory = '/site'", root);
  t.strictSame(rows, [
    { name: 'a', depth: 0 },
    { name: 'a', depth: 1 },
  ]);
});

const npm = spawnSync('npm', ['--version']);
t.test('a tree that npm itself made', { skip: npm.status !== 0 && 'needs npm' }, async (t) => {
  const root = scratch(t);
  for (const [name, dependencies] of [
    ['a', { b: 'file:../b' }],
    ['b', {}],
  ] as const) {
    mkdirSync(join(root, name));
    const content = { name, version: '1.2.3', description: `the ${name}`, license: 'MIT', dependencies };
    writeFileSync(join(root, name, 'package.json'), JSON.stringify(content));
  }
  execFileSync(
    'npm',
    ['install', '--offline', '--install-links', '--prefix', join(root, 'site'), join(root, 'a')],
    { stdio: 'pipe' },
  );
  const { rows } = scan(npmPackages, { root, equals: { directory: ['/site'] } });
  t.strictSame(
    rows.map(({ name, version, description, license }) => [name, version, description, license]),
    [
      ['a', '1.2.3', 'the a', 'MIT'],
      ['b', '1.2.3', 'the b', 'MIT'],
    ],
  );
});

t.test('a text of any length leaves the rows of others', async (t) => {
  const long = '"'.repeat(1e6);
  const METADATA = ['Name', 'Version', 'Summary', 'Author', 'License']
    .map((field) => `${field}: ${long}`)
    .join('\n');
  const said = { name: long, version: long, description: long, author: long, license: long, homepage: long };
  const root = tree(t, {
    site: { 'x.dist-info': { METADATA }, node_modules: { x: { 'package.json': JSON.stringify(said) } } },
  });
  for (const table of ['python_packages', 'npm_packages']) {
    const { rows, failure } = askHost(`SELECT * FROM ${table} WHERE directory = '/site'`, root);
    t.strictSame([rows.length, failure], [1, undefined], table);
  }
});

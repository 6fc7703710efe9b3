import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { knownFiles } from '../../../workers/parsers/augeas/known-files.ts';
import { readTree } from '../../../workers/parsers/augeas/lens.ts';
import { augeas } from '../../../workers/tables/augeas.ts';
import { askHost } from './ask-host.ts';
import { fixture, scan, tree } from './run-table.ts';

/** What is asked of the files of a root, each with its path before it. `(none)` and '' are one in the table. */
const ours = (root: string): Map<string, string> => {
  const trees = new Map<string, string>();
  for (const { path, node, value } of askHost('SELECT path, node, value FROM augeas', root).rows) {
    const key = String(path);
    trees.set(key, `${trees.get(key) ?? ''}${node} = ${value}\n`);
  }
  return trees;
};

/** The same of augtool(1), of files that it has trees of. */
const theirs = (root: string, paths: Iterable<string>): Map<string, string> => {
  const all = [...paths];
  const input = all.map((path) => `match /files${path}|/files${path}//*\nmatch /augeas/version\n`).join('');
  const { stdout } = spawnSync('augtool', ['-r', root], { input, encoding: 'utf8' });
  const trees = stdout.split(/^\/augeas\/version = .*\n/m);
  return new Map(
    all
      .map((path, index) => [path, (trees[index] ?? '').replaceAll(' = (none)\n', ' = \n')] as const)
      .filter(([, text]) => text !== '  (no matches)\n'),
  );
};

const version = spawnSync('augtool', ['--version'], { encoding: 'utf8' });
/** Lenses change with its versions. */
const noAugtool = !/^augtool 1\.14/.test(version.stderr ?? '') && 'needs augtool 1.14 (augeas-tools)';
const root = fixture('augeas');
/** As augtool 1.14 shows the files of the fixture. */
const kept = readFileSync(`${root}/trees.txt`, 'utf8');

t.test('the trees of every known file are those that were kept of augtool', async (t) => {
  const trees = ours(root);
  t.equal([...trees.values()].join(''), kept);
  const directories = knownFiles.map(({ path }) => path.replace(/\*.*/, ''));
  const unseen = directories.filter((path) => ![...trees.keys()].some((each) => each.startsWith(path)));
  t.strictSame(unseen, ['/etc/modprobe.conf'], 'which /etc/modprobe.d took the place of');
});

t.test('the kept trees are what augtool shows', { skip: noAugtool }, async (t) => {
  t.equal([...theirs(root, ours(root).keys()).values()].join(''), kept);
});

t.test('the files of this host have the trees that augtool shows', { skip: noAugtool }, async (t) => {
  const trees = ours('/');
  for (const [path, text] of theirs('/', trees.keys())) t.equal(trees.get(path), text, path);
  t.ok(trees.has('/etc/passwd'));
});

t.test('spare copies, hidden files and those of another lens are none of the files', async (t) => {
  const etc = {
    'sudoers.d': { rule: 'a ALL=ALL\n', 'rule~': 'b ALL=ALL\n', 'rule.dpkg-old': 'c ALL=ALL\n' },
    'pam.d': { README: 'text', su: 'auth required a.so\n', '#su#': 'auth' },
    'cron.d': { '.placeholder': '# x\n', 'at.deny': 'a\n', 'b b': '* * * * * a b\n' },
    'sysctl.d': { '10.conf': 'a=1\n', more: {} },
    'limits.d': {},
  };
  const own = tree(t, { etc });
  const paths = ['/etc/sudoers.d/rule', '/etc/pam.d/su', '/etc/cron.d/b b', '/etc/sysctl.d/10.conf'];
  t.strictSame(new Set(ours(own).keys()), new Set(paths));
  t.match(ours(own).get('/etc/cron.d/b b'), '/files/etc/cron.d/b\\ b/entry/time/minute = *\n');
  const asked = askHost("SELECT * FROM augeas WHERE path IN ('/etc/sudoers.d/rule', '/etc/fstab')", own);
  t.equal(asked.rows.length, 6);
  t.strictSame(asked.warnings, []);
  const refused = ['/etc/pam.d/README', '/etc/sudoers.d/rule~', '/etc/pam.d/a/su', '/etc/issue'];
  for (const path of refused) {
    const { rows, warnings } = askHost(`SELECT * FROM augeas WHERE path = '${path}'`, own);
    t.match({ rows, warnings }, { rows: [], warnings: [`, not ${path}`] }, path);
  }
});

t.test('a file that its lens does not read has no rows, and a warning', async (t) => {
  const own = tree(t, { etc: { hosts: '127.0.0.1 a\n\ntorn\n::1 b\n', fstab: '# none\n' } });
  const { rows, warnings, failure } = askHost('SELECT path FROM augeas', own);
  t.strictSame(rows, [{ path: '/etc/fstab' }, { path: '/etc/fstab' }]);
  t.strictSame(warnings, [
    'augeas has no rows of /etc/hosts: what begins in line 3 is not what the lens reads',
  ]);
  t.equal(failure, undefined);
  const long = tree(t, { etc: { hosts: '#'.repeat(2 ** 22 + 1) } });
  t.match(askHost('SELECT * FROM augeas', long), {
    rows: [],
    warnings: [/hosts: it is longer than 4194304/],
  });
});

t.test('hashes of passwords are not shown', async (t) => {
  const hash = '$6$salt$'.padEnd(94, 'a');
  const own = tree(t, {
    etc: { passwd: `a:${hash}:1:1:::\nb:*:2:2:::\nc::3:3:::\n`, group: 'd:abcdefghijklm:1:\ne:!:2:\n' },
  });
  const passwords = "SELECT value FROM augeas WHERE label = 'password'";
  t.strictSame(askHost(passwords, own).rows.flatMap(Object.values), ['x', '*', '', 'x', '!']);
});

t.test('only the file of the node that is asked for is read', async (t) => {
  const equals = { node: ['/files/etc/ssh/sshd_config/Match[1]/Settings/X11Forwarding'] };
  t.strictSame(
    scan(augeas, { root, equals }).opened.filter((path) => !path.endsWith('.d')),
    ['/etc/ssh/sshd_config'],
  );
  const [row] = askHost(`SELECT value, path FROM configurations WHERE node = '${equals.node}'`, root).rows;
  t.strictSame(row, { value: 'yes', path: '/etc/ssh/sshd_config' });
  t.match(askHost('SELECT * FROM augeas', tree(t, {})), { rows: [], warnings: [], failure: undefined });
});

const lenses = [...new Map(knownFiles.map(({ path, lens }) => [lens, path]))];

t.test('any content has a tree or none', async (t) => {
  const parts = fc.array(
    fc.constantFrom('#', ';', '=', ' ', '\n', '\r', ':', 'a', '1', '\0', '\ufffd', '\\\n'),
  );
  for (const [lens, path] of lenses) {
    fc.assert(fc.property(parts, (content) => t.type(readTree(lens, content.join('')).ok, 'boolean')));
    t.strictSame(readTree(lens, ''), { ok: true, value: [] }, `${path} is empty`);
  }
});

t.test('no pattern runs out of stack over the longest text', async (t) => {
  const cases = [
    ['/etc/sudoers', 'a ALL=/', 'a'],
    ['/etc/sudoers', 'a ALL=/', '\\,'],
    ['/etc/sudoers', 'a', '\\ '],
    ['/etc/pam.conf', 'a auth required ', 'a'],
    ['/etc/pam.conf', 'a auth required ', '\\a'],
    ['/etc/pam.conf', 'a auth', '\\\n'],
    ['/etc/modprobe.conf', 'install a ', 'a\\\n'],
    ['/etc/modprobe.conf', 'alias', ' '],
    ['/etc/logrotate.conf', '/a {\nprerotate\n', 'a\n'],
    ['/etc/environment', 'A=', '\\a'],
    ['/etc/environment', 'A="', '\\\n'],
    ['/etc/ssh/sshd_config', 'Subsystem a ', 'a '],
    ['/etc/hosts', '#', ' a'],
  ] as const;
  for (const [path, start, part] of cases) {
    const lens = knownFiles.find((files) => files.path === path)?.lens;
    if (lens === undefined) throw new Error(`${path} is not known`);
    const text = start + part.repeat((2 ** 22 - start.length) / part.length);
    t.type(readTree(lens, text).ok, 'boolean', `${path}: ${start}`);
  }
});

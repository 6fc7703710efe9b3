import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { yaraFile } from '../../../workers/tables/yara_file.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan } from './run-table.ts';

/** The test file of EICAR, taken apart so that no scanner takes this source for it. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
const eicarRule = `rule eicar : test av {
  strings:
    $name = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
    $head = { 58 35 4F 21 50 }
    $tail = /\\$H\\+H\\*$/
  condition: all of them
}`;
const always = 'rule always { condition: true }';

/** Text of SQL. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const makeFiles = (t: Test): string => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'eicar'), `..${eicar}`);
  writeFileSync(join(directory, 'plain'), 'nothing in here\n');
  writeFileSync(join(directory, 'empty'), '');
  writeFileSync(join(directory, 'sparse'), '');
  truncateSync(join(directory, 'sparse'), 100 * 2 ** 20);
  mkdirSync(join(directory, 'folder'));
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  symlinkSync('eicar', join(directory, 'link'));
  symlinkSync('loop', join(directory, 'loop'));
  mkdirSync(join(directory, 'etc/osquery/yara'), { recursive: true });
  writeFileSync(join(directory, 'etc/osquery/yara/eicar.yar'), eicarRule);
  writeFileSync(join(directory, 'always.yar'), always);
  return directory;
};

t.test('a file that matches, one that does not, and an empty one', async (t) => {
  const root = makeFiles(t);
  const { rows, failure } = askHost(
    `SELECT path, matches, count, strings, tags, sigrule, sigfile, sig_group FROM yara WHERE path IN ('/eicar', '/plain', '/empty', '/none') AND sigrule = ${quoted(eicarRule)} ORDER BY count DESC, path DESC`,
    root,
  );
  t.equal(failure, undefined);
  const others = { sigrule: eicarRule, sigfile: '', sig_group: '' };
  t.strictSame(rows, [
    { path: '/eicar', matches: 'eicar', count: 1, strings: '', tags: 'test,av', ...others },
    { path: '/plain', matches: '', count: 0, strings: '', tags: '', ...others },
    { path: '/empty', matches: '', count: 0, strings: '', tags: '', ...others },
  ]);
});

t.test(
  'where strings are is told of the host’s own rules, and of others when the flag says so',
  async (t) => {
    const root = makeFiles(t);
    const equals = { path: ['/eicar'], sigrule: [eicarRule] };
    const flag = (value: string) => ({ osquery_flags: [{ name: 'enable_yara_string', value }] });
    t.match(scan(yaraFile, { root, equals, answers: flag('true') }).rows, [
      { strings: '$name:1e,$head:2,$tail:41' },
    ]);
    t.match(scan(yaraFile, { root, equals, answers: flag('false') }).rows, [{ strings: '' }]);
    const ofHost = { path: ['/eicar'], sigfile: ['eicar.yar'], sigrule: [eicarRule] };
    t.match(
      scan(yaraFile, { root, equals: ofHost, answers: flag('false') }).rows,
      [
        { sigfile: 'eicar.yar', strings: '$name:1e,$head:2,$tail:41' },
        { sigrule: eicarRule, strings: '' },
      ],
      'rules that lie on the host always tell',
    );
  },
);

t.test('rules come from files and groups, each set with rows of its own', async (t) => {
  const root = makeFiles(t);
  const { rows } = askHost(
    "SELECT sigfile, matches FROM yara_file WHERE path = '/eicar' AND sigfile IN ('/always.yar', 'eicar.yar')",
    root,
  );
  t.strictSame(rows, [
    { sigfile: '/always.yar', matches: 'always' },
    { sigfile: 'eicar.yar', matches: 'eicar' },
  ]);
  const answers = {
    yara_file: [
      { sig_group: 'both', sigfile: 'eicar.yar' },
      { sig_group: 'both', sigfile: '/always.yar' },
      { sig_group: 'one', sigfile: '/always.yar' },
    ],
  };
  const grouped = scan(yaraFile, {
    root,
    equals: { path: ['/eicar'], sig_group: ['both', 'one'], sigrule: [always] },
    answers,
  });
  t.match(grouped.rows, [
    { sig_group: 'both', matches: 'eicar,always', count: 2 },
    { sig_group: 'one', matches: 'always', count: 1 },
    { sigrule: always, matches: 'always', count: 1 },
  ]);
});

t.test('what no rules can be had from fails, and says why', async (t) => {
  const root = makeFiles(t);
  writeFileSync(join(root, 'compiled.yar'), 'YARA\x01\x02');
  writeFileSync(join(root, 'broken.yar'), 'rule x {\n  condition: $a\n}\n');
  const cases: readonly (readonly [string, RegExp])[] = [
    ['TRUE', /it needs rules, such as: AND sigrule = /],
    ["sigrule = 'rule x {'", /sigrule has a broken rule: syntax error in line 1, column 9/],
    ["sigfile = '/broken.yar'", /\/broken\.yar has a broken rule: unknown pattern `\$a` in line 2/],
    ["sigfile = '/none.yar'", /rule file \/none\.yar cannot be read/],
    ["sigfile = 'none.yar'", /rule file \/etc\/osquery\/yara\/none\.yar cannot be read/],
    ["sigfile = '/fifo'", /rule file \/fifo cannot be read/],
    ["sigfile = '/compiled.yar'", /compiled by yarac\(1\)/],
    ["sig_group = 'none'", /no group 'none'/],
    ["sigurl = 'https://rules.example/a.yar'", /contacts nobody/],
  ];
  for (const [condition, message] of cases) {
    const { rows, failure } = askHost(`SELECT * FROM yara_file WHERE path = '/eicar' AND ${condition}`, root);
    t.match([failure, rows], [{ reason: 'table_error', message }, []], condition);
  }
  t.match(askHost(`SELECT * FROM yara_file WHERE sigrule = ${quoted(always)}`, root).failure, {
    reason: 'missing_required',
  });
});

t.test('what is no regular file is left alone, and what is too large is named', async (t) => {
  const root = makeFiles(t);
  const { rows, failure, warnings, read_bytes, refused_reads } = askHost(
    `SELECT path FROM yara_file WHERE path LIKE '/%' AND sigrule = ${quoted(always)} ORDER BY path`,
    root,
  );
  t.equal(failure, undefined);
  t.strictSame(
    rows.map(({ path }) => path),
    ['/always.yar', '/eicar', '/empty', '/link', '/plain'],
  );
  t.strictSame(warnings, ['/sparse is not scanned: it has more than 50 MiB']);
  t.ok(read_bytes < 10_000);
  t.equal(refused_reads, 1, 'the FIFO');
});

t.test('the largest file that is scanned, and one that grows while it is read', async (t) => {
  const root = makeFiles(t);
  truncateSync(join(root, 'sparse'), 50 * 2 ** 20);
  const large = 'rule large { condition: filesize == 52428800 }';
  const ask = (path: string, rule: string) =>
    askHost(`SELECT matches FROM yara_file WHERE path = ${quoted(path)} AND sigrule = ${quoted(rule)}`, root);
  t.strictSame(ask('/sparse', large).rows, [{ matches: 'large' }]);
  truncateSync(join(root, 'sparse'), 50 * 2 ** 20 + 1);
  t.strictSame(ask('/sparse', large).rows, []);
  // A file of procfs says that it has no bytes.
  const status = askHost(
    `SELECT matches FROM yara_file WHERE path = '/proc/self/status' AND sigrule = 'rule p { strings: $a = "VmRSS" condition: $a }'`,
  );
  t.strictSame(status.rows, [{ matches: 'p' }]);
});

t.test('files of the mount namespace of a process', async (t) => {
  const { rows } = askHost(
    `SELECT path, count, pid_with_namespace FROM yara_file WHERE path = '/etc/passwd' AND sigrule = ${quoted(always)} AND pid_with_namespace = ${process.pid}`,
  );
  t.strictSame(rows, [{ path: '/etc/passwd', count: 1, pid_with_namespace: process.pid }]);
});

t.test('a join compiles a rule once, and one query may not use any number of rules', async (t) => {
  const root = makeFiles(t);
  const rows = askHost(
    `WITH p(path) AS (VALUES ('/eicar'), ('/plain')) SELECT y.matches FROM p CROSS JOIN yara_file y ON y.path = p.path WHERE y.sigrule = ${quoted(always)}`,
    root,
  );
  t.strictSame(rows.rows, [{ matches: 'always' }, { matches: 'always' }]);
  const many = Array.from({ length: 65 }, (_, index) => quoted(`rule r${index} { condition: true }`));
  t.match(askHost(`SELECT * FROM yara WHERE path = '/eicar' AND sigrule IN (${many})`, root).failure, {
    message: /may use 64 different sets of rules/,
  });
  const most = `SELECT count(*) n FROM yara WHERE path = '/eicar' AND sigrule IN (${many.slice(1)})`;
  t.strictSame(askHost(most, root).rows, [{ n: 64 }]);
  t.strictSame(askHost(most, root).rows, [{ n: 64 }], 'those of the query before are gone');
});

const noYara = spawnSync('yara', ['--version']).status !== 0 && 'there is no yara(1) here';

t.test('yara(1) finds the same', { skip: noYara }, async (t) => {
  const root = makeFiles(t);
  writeFileSync(join(root, 'eicar.yar'), eicarRule);
  for (const name of ['eicar', 'plain', 'empty']) {
    const path = join(root, name);
    const told = execFileSync('yara', ['-s', '-w', join(root, 'eicar.yar'), path], { encoding: 'utf8' });
    const places = [...told.matchAll(/^0x([0-9a-f]+):(\$\w+):/gm)].map(([, at, string]) => `${string}:${at}`);
    const { rows } = scan(yaraFile, {
      equals: { path: [path], sigrule: [eicarRule] },
      root: '/',
      answers: { osquery_flags: [{ name: 'enable_yara_string', value: 'true' }] },
    });
    t.match(rows, [{ count: told.startsWith('eicar ') ? 1 : 0, strings: places.join(',') }], name);
  }
});

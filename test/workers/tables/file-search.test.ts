import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { file } from '../../../workers/tables/file.ts';
import { askHost, pullRows, scratch, sorted } from './ask-host.ts';

const run = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: 'utf8' });

t.test('%% finds what find(1) finds, but what begins with a dot at its place', async (t) => {
  const found = run(
    'find',
    '/etc',
    '-mindepth',
    '1',
    '-path',
    '/etc/.*',
    '-prune',
    '-o',
    '-type',
    'l',
    '-o',
    '-print',
  )
    .split('\n')
    .filter((path) => path !== '' && path !== '/etc');
  const answer = askHost(
    "SELECT rtrim(path, '/') AS path FROM file WHERE path LIKE '/etc/%%' AND symlink = 0 ",
  );
  t.equal(answer.failure, undefined);
  const all = new Set(answer.rows.map(({ path }) => path));
  for (const path of found) t.ok(all.delete(path), path);
  // What is left came through links to directories.
  const links = new Set(
    run('find', '/etc', '-type', 'l', '-xtype', 'd')
      .split('\n')
      .filter((path) => path !== ''),
  );
  for (const path of all) {
    t.ok(
      [...links].some((link) => path === link || String(path).startsWith(`${link}/`)),
      `${path} lies behind a link`,
    );
  }
});

t.test('hidden names, one level, and middle wildcards', async (t) => {
  const directory = scratch(t);
  for (const name of ['a', '.b', 'c']) {
    mkdirSync(join(directory, name));
    for (const inner of ['x', '.y', 'x.conf']) writeFileSync(join(directory, name, inner), '');
  }
  const like = (pattern: string): string[] =>
    sorted(askHost(`SELECT path FROM file WHERE path LIKE '${directory}/${pattern}'`), 'path').map((path) =>
      path.slice(directory.length + 1),
    );
  t.strictSame(like('%'), ['a/', 'c/']);
  t.strictSame(like('.%'), ['../', './', '.b/']);
  t.strictSame(like('%/%'), ['a/x', 'a/x.conf', 'c/x', 'c/x.conf']);
  t.strictSame(like('%%'), ['a/', 'a/.y', 'a/x', 'a/x.conf', 'c/', 'c/.y', 'c/x', 'c/x.conf']);
  t.strictSame(like('%%/%.conf'), ['a/x.conf', 'c/x.conf']);
  t.strictSame(like('.b/.%'), ['.b/../', '.b/./', '.b/.y']);
  t.strictSame(like('%/x'), ['a/x', 'c/x']);
  t.strictSame(like('a/x'), ['a/x']);
  t.strictSame(
    like('.%%'),
    ['../', './', '.b/', '.b/.y', '.b/x', '.b/x.conf'],
    'nothing is found through . and ..',
  );
  t.strictSame(like('%%/'), ['a/', 'c/']);
  t.strictSame(like('none/%'), []);
  t.strictSame(like('a/x/%'), [], 'a file has no entries');
});

t.test('%% goes on below hidden directories, 64 levels deep', async (t) => {
  const directory = scratch(t);
  const deep = Array.from({ length: 70 }, (_, level) => (level === 0 ? 'top' : '.d'));
  mkdirSync(join(directory, ...deep), { recursive: true });
  const paths = sorted(askHost(`SELECT path FROM file WHERE path LIKE '${directory}/%%'`), 'path');
  const levels = deep.map((_, level) => `${join(directory, ...deep.slice(0, level + 1))}/`);
  t.strictSame(paths, levels.slice(0, 65), 'what the pattern matches, and 64 below');
  const directories = sorted(
    askHost(`SELECT directory FROM file WHERE directory LIKE '${directory}/%%'`),
    'directory',
  );
  t.strictSame(directories, levels.slice(0, 65));
});

t.test('loops of links end, and what they lead to shows once under its own path', async (t) => {
  const directory = scratch(t);
  mkdirSync(join(directory, 'a/b'), { recursive: true });
  mkdirSync(join(directory, 'outside'));
  writeFileSync(join(directory, 'a/b/file'), '');
  writeFileSync(join(directory, 'outside/file'), '');
  symlinkSync('..', join(directory, 'a/up'));
  symlinkSync('.', join(directory, 'a/b/self'));
  symlinkSync(join(directory, 'outside'), join(directory, 'a/out'));
  symlinkSync('self-loop', join(directory, 'a/self-loop'));
  const { rows, paths } = askHost(`SELECT path FROM file WHERE path LIKE '${directory}/a/%%'`);
  const found = rows.map(({ path }) => String(path).slice(directory.length + 3));
  t.equal(new Set(found).size, found.length, 'no path twice');
  for (const path of ['b/', 'b/file', 'up/', 'b/self/', 'b/self/file', 'out/', 'out/file', 'self-loop']) {
    t.ok(found.includes(path), path);
  }
  t.notOk(
    found.some((path) => /self\/self\/./.test(path)),
    'a link is entered once',
  );
  t.ok(found.length < 40, `${found.length} paths`);
  t.ok(paths < 200);
});

t.test('names with newlines, quotes and bytes that are no UTF-8', async (t) => {
  const directory = scratch(t);
  const bytes = Buffer.concat([Buffer.from(`${directory}/bad-`), Buffer.of(0xff, 0xc3, 0x28)]);
  writeFileSync(bytes, '1234');
  mkdirSync(Buffer.concat([Buffer.from(`${directory}/dir-`), Buffer.of(0xe2, 0x82)]));
  writeFileSync(
    Buffer.concat([Buffer.from(`${directory}/dir-`), Buffer.of(0xe2, 0x82), Buffer.from('/in')]),
    '12',
  );
  writeFileSync(join(directory, 'two\nlines'), '');
  writeFileSync(join(directory, '"quoted" \u{1f600}'), '');
  const files = (where: string): unknown =>
    askHost(`SELECT filename, size FROM file WHERE ${where} AND type = 'regular'`)
      .rows.map((row) => Object.values(row))
      .toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  const expected = [
    ['"quoted" \u{1f600}', 0],
    ['bad-\ufffd\ufffd(', 4],
    ['in', 2],
    ['two\nlines', 0],
  ];
  t.strictSame(files(`path LIKE '${directory}/%%'`), expected);
  t.strictSame(
    files(`directory = '${directory}'`),
    expected.filter(([name]) => name !== 'in'),
  );
});

t.test('a directory of ten thousand, and budgets that end a search', async (t) => {
  const directory = scratch(t);
  for (let index = 0; index < 10_000; index += 1) writeFileSync(join(directory, `file-${index}`), '');
  t.strictSame(
    sorted(askHost(`SELECT filename FROM file WHERE directory = '${directory}'`), 'filename'),
    readdirSync(directory).toSorted(),
  );
  t.strictSame(askHost(`SELECT count(mode) AS n FROM file WHERE path LIKE '${directory}/%'`).rows, [
    { n: 10_000 },
  ]);
  const stopped = askHost(`SELECT path FROM file WHERE directory = '${directory}'`, '/', { paths: 5000 });
  t.match(stopped.failure, { reason: 'limit', limit: 'paths' });
  t.equal(stopped.paths, 5001, 'it ends while the directory is read, not after');
  const everything = askHost("SELECT path FROM file WHERE path LIKE '/%%'", '/', { paths: 20_000 });
  t.match(everything.failure, { reason: 'limit', limit: 'paths' });
  t.ok(everything.rows.length > 1000, 'rows came before the end');
  const few = askHost("SELECT path FROM file WHERE path LIKE '/%%' LIMIT 5", '/', { paths: 20_000 });
  t.equal(few.failure, undefined);
  t.equal(few.rows.length, 5, 'a reader that has enough ends the search');
});

t.test('files that vanish between the listing and the look are left out', async (t) => {
  const directory = scratch(t);
  for (let index = 0; index < 10; index += 1) writeFileSync(join(directory, `file-${index}`), '');
  const rows = pullRows(file, { directory });
  const first = rows.next().value;
  t.match(first, { directory, size: 0n });
  const gone = readdirSync(directory)
    .filter((name) => name !== first?.filename)
    .slice(0, 5);
  for (const name of gone) rmSync(join(directory, name));
  t.equal([...rows].length, 4, 'of ten listed one was pulled before and five are gone');
  const searched = pullRows(file, {}, [`${directory}/%`]);
  searched.next();
  rmSync(directory, { recursive: true });
  t.strictSame([...searched], []);
});

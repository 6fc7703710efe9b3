import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { askHost, scratch } from './ask-host.ts';

/** Files of the commonest kinds. */
const makeFiles = (t: Test): string => {
  const directory = scratch(t);
  const contents: Readonly<Record<string, string | Uint8Array>> = {
    'a.txt': 'some text\n',
    'utf8.txt': 'größer\n',
    'latin1.txt': Buffer.from('gr\xf6\xdfer\n', 'latin1'),
    'crlf.txt': 'a\r\nb\r\n',
    'a.sh': '#!/bin/sh\necho\n',
    'a.json': '{"a": [1, 2]}\n',
    'a.xml': '<?xml version="1.0"?>\n<a/>\n',
    'a.html': '<!DOCTYPE html>\n<html><head></head></html>\n',
    'a.gz': gzipSync('x'),
    'a.pdf': '%PDF-1.4\n%\xe2\xe3\n1 0 obj\n',
    empty: '',
    noise: Buffer.from([0, 1, 2, 3, 0xff, 0xfe, 7]),
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(directory, name), content);
  new Database(join(directory, 'a.db')).exec('CREATE TABLE t (x)').close();
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  symlinkSync('a.txt', join(directory, 'link'));
  return directory;
};

const noFile = spawnSync('file', ['--version']).status !== 0 && 'there is no file(1) here';

t.test('MIME types and encodings are those of file(1)', { skip: noFile }, async (t) => {
  const directory = makeFiles(t);
  const names = execFileSync('ls', [directory], { encoding: 'utf8' }).trim().split('\n');
  const paths = [...names.map((name) => join(directory, name)), '/dev/null', '/etc', process.execPath];
  for (const path of paths) {
    const told = execFileSync('file', ['--no-dereference', '--brief', '--mime', path], {
      encoding: 'utf8',
    }).trim();
    const [row = {}] = askHost(
      `SELECT mime_type, mime_encoding, data FROM magic WHERE path = '${path}'`,
    ).rows;
    t.equal(`${row.mime_type}; charset=${row.mime_encoding}`, told, path);
    const words = execFileSync('file', ['--no-dereference', '--brief', path], { encoding: 'utf8' }).trim();
    const [first = ''] = String(row.data).split(/[ ,]/);
    t.ok(words.toLowerCase().includes(first.toLowerCase()), `${row.data}: ${words}`);
  }
});

t.test(
  'bits beside the permissions, and links that lead nowhere, as file(1) words them',
  { skip: noFile },
  async (t) => {
    const directory = scratch(t);
    const at = (name: string): string => join(directory, name);
    copyFileSync('/bin/sh', at('program'));
    writeFileSync(at('empty'), '');
    mkdirSync(at('directory'));
    execFileSync('mkfifo', [at('fifo')]);
    const modes = { program: 0o7755, empty: 0o4644, directory: 0o3777, fifo: 0o1644 };
    for (const [name, mode] of Object.entries(modes)) chmodSync(at(name), mode);
    symlinkSync('gone', at('dangling'));
    symlinkSync('loop', at('loop'));
    symlinkSync('program', at('link'));
    for (const name of [...Object.keys(modes), 'dangling', 'loop', 'link']) {
      const told = execFileSync('file', ['--no-dereference', '--brief', at(name)], {
        encoding: 'utf8',
      }).trim();
      const { rows } = askHost(`SELECT data FROM magic WHERE path = '${at(name)}'`);
      const [{ data } = {}] = rows;
      t.ok(told.startsWith(String(data)), `${data}: ${told}`);
    }
    const dangling = askHost(`SELECT mime_type, mime_encoding FROM magic WHERE path = '${at('dangling')}'`);
    t.strictSame(dangling.rows, [{ mime_type: 'inode/symlink', mime_encoding: '' }]);
  },
);

t.test('a head is read of a file, however large; nothing of what is no file', async (t) => {
  const directory = makeFiles(t);
  writeFileSync(join(directory, 'large'), Buffer.alloc(60 * 2 ** 20, 'x'));
  const { rows, read_bytes, warnings } = askHost(
    "SELECT * FROM magic WHERE path IN ('/large', '/fifo', '/none', '/link', '/a.sh')",
    directory,
  );
  t.match(rows.map(({ path, mime_type }) => [path, mime_type]).toSorted(), [
    ['/a.sh', 'text/x-shellscript'],
    ['/fifo', 'inode/fifo'],
    ['/large', 'text/plain'],
    ['/link', 'inode/symlink'],
  ]);
  t.ok(read_bytes <= 2 * 4096);
  t.strictSame(warnings, []);
  const asked = askHost(
    "SELECT mime_type FROM magic WHERE path = '/a.txt' AND magic_db_files = '/x.mgc'",
    directory,
  );
  t.match(asked, { rows: [{ mime_type: 'text/plain' }], warnings: [/has no effect/] });
  t.match(askHost("SELECT * FROM magic WHERE path LIKE '/%'"), {
    rows: [],
    warnings: [/a join with table file/],
  });
  const joined =
    "SELECT path FROM file JOIN magic USING (path) WHERE path LIKE '/a.%' AND mime_type = 'text/html'";
  t.match(askHost(joined, directory), { rows: [{ path: '/a.html' }], warnings: [] });
  t.match(askHost('SELECT * FROM magic').failure, { reason: 'missing_required' });
});

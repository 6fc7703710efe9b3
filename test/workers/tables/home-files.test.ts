import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { knownHosts } from '../../../workers/tables/known_hosts.ts';
import { shellHistory } from '../../../workers/tables/shell_history.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

const passwd = [
  'root:x:0:0::/root:/bin/sh',
  'toor:x:0:0::/root:/bin/sh',
  'alice:x:1000:1000::/home/alice/:/bin/bash',
  'nohome:x:1001:1001:::/bin/sh',
  'relative:x:1002:1002::root:/bin/sh',
].join('\n');

t.test('known_hosts of the caller, or of those asked for', async (t) => {
  const root = tree(t, {
    etc: { passwd },
    root: { '.ssh': { known_hosts: '# mine\n\nhost ssh-ed25519 AAAA\r\n' } },
    home: { alice: { '.ssh': { known_hosts: '|1|salt=|hash= ssh-rsa BBBB\n  torn' } } },
  });
  const rows = (uid: number, ...uids: string[]): unknown =>
    scan(knownHosts, { root, facts: { uid }, ...(uids.length > 0 && { equals: { uid: uids } }) }).rows.map(
      Object.values,
    );
  const roots = [[0, 'host ssh-ed25519 AAAA', '/root/.ssh/known_hosts']];
  const alices = [
    [1000, '|1|salt=|hash= ssh-rsa BBBB', '/home/alice/.ssh/known_hosts'],
    [1000, 'torn', '/home/alice/.ssh/known_hosts'],
  ];
  t.strictSame(rows(0), roots, 'two names of one account are one home');
  t.strictSame(rows(1000), alices);
  t.strictSame(rows(0, '1000'), alices);
  t.strictSame(rows(1000, '0', '1000'), [...roots, ...alices]);
  t.strictSame(rows(0, '1001', '1002', '7'), [], 'no home, a home that is no path, nobody');
  const { opened } = scan(knownHosts, { root, equals: { uid: ['1000'] } });
  t.strictSame(opened, ['/etc/passwd', '/home/alice/.ssh/known_hosts'], 'homes of others are left alone');
});

t.test('every user through a join', async (t) => {
  const root = tree(t, {
    etc: { passwd },
    root: { '.bash_history': 'ls\n' },
    home: { alice: { '.zsh_history': ': 1700000001:0;vi\n' } },
  });
  const sql = 'SELECT username, command FROM users JOIN shell_history USING (uid) ORDER BY username';
  t.strictSame(askHost(sql, root).rows, [
    { username: 'alice', command: 'vi' },
    { username: 'root', command: 'ls' },
    { username: 'toor', command: 'ls' },
  ]);
});

t.test('shell_history of every shell', async (t) => {
  const names = ['.bash_history', '.zsh_history', '.zhistory', '.history', '.sh_history', '.ash_history'];
  const home = Object.fromEntries(names.map((name) => [name, `from ${name}\n`]));
  const sessions = { 'b.history': 'second\n', 'a.history': 'first\n', 'a.historynew': 'no\n' };
  const root = tree(t, {
    etc: { passwd },
    root: { ...home, '.python_history': 'no\n', '.bash_sessions': sessions },
  });
  t.strictSame(scan(shellHistory, { root }).rows, [
    ...names.map((name) => ({ uid: 0, time: 0, command: `from ${name}`, history_file: `/root/${name}` })),
    { uid: 0, time: 0, command: 'first', history_file: '/root/.bash_sessions/a.history' },
    { uid: 0, time: 0, command: 'second', history_file: '/root/.bash_sessions/b.history' },
  ]);
  t.strictSame(scan(shellHistory).rows, []);
});

t.test('a FIFO, a directory and a device in the way', async (t) => {
  const root = scratch(t);
  mkdirSync(join(root, 'root/.ssh'), { recursive: true });
  mkdirSync(join(root, 'root/.zsh_history'));
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), passwd);
  execFileSync('mkfifo', [join(root, 'root/.bash_history'), join(root, 'root/.ssh/known_hosts')]);
  for (const table of ['shell_history', 'known_hosts']) {
    const { rows, failure, refused_reads } = askHost(`SELECT * FROM ${table} WHERE uid = 0`, root);
    t.strictSame([rows, failure], [[], undefined], table);
    t.ok(refused_reads >= 1, 'the FIFO was refused');
  }
});

const noBash = spawnSync('bash', ['-c', 'history -s x']).status !== 0 && 'needs bash with a history';
t.test('shell_history agrees with bash', { skip: noBash }, async (t) => {
  const root = tree(t, { etc: { passwd }, root: {} });
  const commands = ['ls -l', '  hidden', 'echo "#1"', '#1234', 'gr\u00f6\u00dfe\t# x '];
  const script = [
    `HISTFILE=${join(root, 'root/.bash_history')}`,
    "HISTTIMEFORMAT='%s '",
    'set -o history',
    'for each in "$@"; do history -s "$each"; done',
    'history -a',
    'history',
  ];
  const told = execFileSync('bash', ['--norc', '-c', script.join('\n'), 'bash', ...commands], {
    encoding: 'utf8',
  });
  const shown = scan(shellHistory, { root }).rows.map(({ time, command }) => `${time} ${command}`);
  const listed = told.split('\n').map((line) => line.replace(/^ *\d+ {2}/, ''));
  t.strictSame(shown, listed.slice(0, shown.length));
  for (const command of commands)
    t.ok(
      shown.some((each) => each.endsWith(` ${command}`)),
      command,
    );
});

const noKeygen = spawnSync('ssh-keygen', ['-?']).error !== undefined && 'needs ssh-keygen';
t.test('known_hosts agrees with ssh-keygen', { skip: noKeygen }, async (t) => {
  const root = tree(t, { etc: { passwd }, root: { '.ssh': {} } });
  const file = join(root, 'root/.ssh/known_hosts');
  const keys = ['ed25519', 'ecdsa'].map((type) => {
    const path = join(root, type);
    execFileSync('ssh-keygen', ['-q', '-N', '', '-t', type, '-f', path]);
    return readFileSync(`${path}.pub`, 'utf8').trim();
  });
  const lines = [`plain,192.0.2.1 ${keys[0]}`, '# note', '', `[port]:2222 ${keys[1]}`];
  writeFileSync(file, `${lines.join('\n')}\n`);
  execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
  const prints = (path: string): string =>
    execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' });
  const each = scan(knownHosts, { root }).rows.map(({ key }, index) => {
    const path = join(root, `key-${index}`);
    writeFileSync(path, `${key}\n`);
    return prints(path);
  });
  t.equal(each.join(''), prints(file));
  t.ok(each.length >= 2);
});

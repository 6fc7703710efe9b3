import { spawnSync } from 'node:child_process';
import t from 'tap';
import { last } from '../../../workers/tables/last.ts';
import { ulimitInfo } from '../../../workers/tables/ulimit_info.ts';
import { userGroups } from '../../../workers/tables/user_groups.ts';
import { askHost } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

t.test('user_groups', async (t) => {
  const root = tree(t, {
    etc: {
      passwd:
        'root:x:0:0::/:\ntoor:x:0:0::/:\nalice:x:1000:1000::/:\nbob:x:1001:100::/:\r\nbroken:x:y:1::/:\n',
      group:
        'root:x:0:root\nalice:x:1000:\nwheel:x:10:toor,alice,bob,gone\nusers:x:100:bob\nwheel2:x:10:alice\n',
    },
  });
  const rows = (equals: Record<string, string[]> = {}): unknown[] =>
    scan(userGroups, { root, equals }).rows.map(Object.values);
  t.strictSame(rows(), [
    [0, 0],
    [0, 10],
    [1000, 1000],
    [1000, 10],
    [1001, 100],
    [1001, 10],
  ]);
  t.strictSame(rows({ uid: ['1000'] }), [
    [1000, 1000],
    [1000, 10],
  ]);
  t.strictSame(rows({ gid: ['10'] }), [
    [0, 10],
    [1000, 10],
    [1001, 10],
  ]);
  t.strictSame(scan(userGroups).rows, []);
});

const id = spawnSync('id', ['-G', 'root'], { encoding: 'utf8' });
t.test('user_groups agrees with id', { skip: id.status !== 0 && 'needs id' }, async (t) => {
  const { rows } = askHost(
    'SELECT username, group_concat(user_groups.gid) gids FROM users JOIN user_groups USING (uid) GROUP BY 1',
  );
  t.ok(rows.length > 0);
  for (const { username, gids } of rows) {
    const told = spawnSync('id', ['-G', String(username)], { encoding: 'utf8' })
      .stdout.trim()
      .split(' ');
    t.strictSame(new Set(String(gids).split(',')), new Set(told), String(username));
  }
});

t.test('ulimit_info', async (t) => {
  const line = (name: string, soft: string, hard: string): string =>
    `${name.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}units\n`;
  const header = line('Limit', 'Soft Limit', 'Hard Limit');
  const content = `${header}${line('Max cpu time', 'unlimited', 'unlimited')}${line('Max open files', '1024', '4096')}Max stack size`;
  const root = tree(t, { proc: { self: { limits: content } } });
  t.strictSame(scan(ulimitInfo, { root }).rows, [
    { type: 'cpu', soft_limit: 'unlimited', hard_limit: 'unlimited' },
    { type: 'nofile', soft_limit: '1024', hard_limit: '4096' },
  ]);
  t.strictSame(scan(ulimitInfo).rows, []);
});

const ulimit = spawnSync('bash', ['-c', 'ulimit -Sn; ulimit -Hn; ulimit -Ss; ulimit -Hu'], {
  encoding: 'utf8',
});
t.test('ulimit_info agrees with the shell', { skip: ulimit.status !== 0 && 'needs bash' }, async (t) => {
  const { rows } = scan(ulimitInfo, { root: '/' });
  const shown = (type: string, side: 'soft_limit' | 'hard_limit'): unknown =>
    rows.find((row) => row.type === type)?.[side];
  const [softFiles, hardFiles, stack_kib, processes] = ulimit.stdout.trim().split('\n');
  t.equal(shown('nofile', 'hard_limit'), hardFiles);
  // Node raises its own soft limit to the hard one.
  t.ok([softFiles, hardFiles].includes(String(shown('nofile', 'soft_limit'))));
  const inKib = (value: unknown): unknown => (value === 'unlimited' ? value : String(Number(value) / 1024));
  t.equal(inKib(shown('stack', 'soft_limit')), stack_kib);
  t.equal(shown('nproc', 'hard_limit'), processes);
});

/** A record of utmp(5) on x86-64. */
const record = (
  type: number,
  pid: number,
  line: string,
  user: string,
  host: string,
  time: number,
): Buffer => {
  const bytes = Buffer.alloc(384);
  bytes.writeInt16LE(type, 0);
  bytes.writeInt32LE(pid, 4);
  bytes.write(line, 8);
  bytes.write(user, 44);
  bytes.write(host, 76);
  bytes.writeUInt32LE(time, 340);
  return bytes;
};

t.test('last', async (t) => {
  const wtmp = Buffer.concat([
    record(2, 0, '~', 'reboot', '6.1.0', 100),
    record(7, 321, 'pts/0', 'alice', '10.0.0.7', 200),
    record(8, 321, 'pts/0', '', '', 300),
    record(6, 5, 'tty1', 'LOGIN', '', 90),
    Buffer.alloc(7),
  ]);
  const rows = (content: Buffer): unknown[] =>
    scan(last, { root: tree(t, { var: { log: { wtmp: content } } }) }).rows.map(Object.values);
  t.strictSame(rows(wtmp), [
    ['alice', 'pts/0', 321, 7, 'user-process', 200, '10.0.0.7'],
    ['', 'pts/0', 321, 8, 'dead-process', 300, ''],
  ]);
  t.strictSame(rows(Buffer.alloc(0)), []);
  t.strictSame(rows(Buffer.alloc(100_000, 0xff)), []);
  t.strictSame(scan(last).rows, []);
});

const lastProgram = spawnSync('last', ['--version']);
const noLast = (process.arch !== 'x64' || lastProgram.status !== 0) && 'needs last(1) (util-linux) on x86-64';
t.test('last agrees with last(1)', { skip: noLast }, async (t) => {
  const time_s = 1_795_417_827;
  const wtmp = Buffer.concat([
    record(7, 812, 'pts/1', 'alice', 'host.example', time_s),
    record(7, 900, 'tty1', 'bob', '', time_s + 60),
    record(8, 812, 'pts/1', '', '', time_s + 3600),
  ]);
  const root = t.testdir({ var: { log: { wtmp } } });
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC0' };
  const told = spawnSync('last', ['-w', '--time-format', 'iso', '-f', `${root}/var/log/wtmp`], {
    encoding: 'utf8',
    env,
  });
  const logins = scan(last, { root }).rows.filter(({ type_name }) => type_name === 'user-process');
  t.equal(logins.length, 2);
  for (const { username, tty, host, time } of logins) {
    const iso = new Date(Number(time) * 1000).toISOString().replace('.000Z', '');
    t.match(told.stdout, new RegExp(`^${username} +${tty} +${host}[ :0.]*${iso}`, 'm'), String(username));
  }
});

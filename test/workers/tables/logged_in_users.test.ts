import { spawnSync } from 'node:child_process';
import t from 'tap';
import { loggedInUsers } from '../../../workers/tables/logged_in_users.ts';
import { scan } from './run-table.ts';

const record = (type: number, pid: number, user: string): Buffer => {
  const bytes = Buffer.alloc(384);
  bytes.writeInt16LE(type, 0);
  bytes.writeInt32LE(pid, 4);
  bytes.write('pts/1', 8);
  bytes.write(user, 44);
  bytes.write('203.0.113.9', 76);
  bytes.writeUInt32LE(1795417827, 340);
  return bytes;
};

t.test('logins, without the records of process 1', async (t) => {
  const utmp = Buffer.concat([
    record(2, 0, 'reboot'),
    record(1, 1, 'runlevel'),
    record(7, 812, 'alice'),
    record(8, 813, ''),
    record(12, 814, 'later kernel'),
  ]);
  const row = (type: string, user: string, pid: number): object => ({
    type,
    user,
    tty: 'pts/1',
    host: '203.0.113.9',
    time: 1795417827,
    pid,
  });
  const expected = [
    row('boot_time', 'reboot', 0),
    row('user', 'alice', 812),
    row('dead', '', 813),
    row('unknown', 'later kernel', 814),
  ];
  t.strictSame(scan(loggedInUsers, { root: t.testdir({ run: { utmp } }) }).rows, expected);
  t.strictSame(scan(loggedInUsers, { root: t.testdir({ var: { run: { utmp } } }) }).rows, expected);
});

t.test('distributions without utmp have no rows', async (t) => {
  t.strictSame(scan(loggedInUsers).rows, []);
  t.strictSame(scan(loggedInUsers, { root: t.testdir({ run: { utmp: '' } }) }).rows, []);
});

const noWho =
  (process.arch !== 'x64' || spawnSync('who', ['--version']).status !== 0) && 'needs who(1) on x86-64';
t.test('agrees with who(1)', { skip: noWho }, async (t) => {
  const utmp = Buffer.concat([record(2, 0, 'reboot'), record(7, 812, 'alice'), record(7, 813, 'bob')]);
  const root = t.testdir({ run: { utmp } });
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC0' };
  const told = spawnSync('who', [`${root}/run/utmp`], { encoding: 'utf8', env }).stdout;
  const shown = scan(loggedInUsers, { root }).rows.filter(({ type }) => type === 'user');
  const lines = shown.map(({ user, tty, time, host }) => {
    const when = new Date(Number(time) * 1000)
      .toUTCString()
      .replace(/^\w+, (\d+) (\w+) \d+ (\d+:\d+).*/, '$2 $1 $3');
    return `${user} ${tty} ${when} (${host})`;
  });
  t.strictSame(
    lines,
    told
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
  );
});

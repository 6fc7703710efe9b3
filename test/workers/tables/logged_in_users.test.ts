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

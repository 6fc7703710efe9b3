import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseUtmp } from '../../../workers/parsers/utmp.ts';

interface Login {
  type: number;
  pid: number;
  line: string;
  user: string;
  host: string;
  time: number;
}

const record = (login: Login, size: 384 | 400): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeInt16LE(login.type, 0);
  bytes.writeInt32LE(login.pid, 4);
  bytes.write(login.line, 8, 32);
  bytes.write('ts/0', 40, 4);
  bytes.write(login.user, 44, 32);
  bytes.write(login.host, 76, 256);
  if (size === 384) bytes.writeUInt32LE(login.time, 340);
  else bytes.writeBigInt64LE(BigInt(login.time), 344);
  return bytes;
};

const boot: Login = { type: 2, pid: 0, line: '~', user: 'reboot', host: '6.1.0-13-amd64', time: 1795417000 };
const alice: Login = {
  type: 7,
  pid: 812,
  line: 'pts/0',
  user: 'alice',
  host: '203.0.113.9',
  time: 1795417827,
};
const parsed = ({ time, ...login }: Login): object => ({ ...login, time_unix_s: time });

t.test('both layouts, told apart by the records themselves', async (t) => {
  for (const size of [384, 400] as const) {
    const file = Buffer.concat([record(boot, size), record(alice, size)]);
    t.strictSame(parseUtmp(file), [parsed(boot), parsed(alice)], `${size} bytes`);
    // 9,600 bytes are whole records of both sizes.
    const many = Buffer.concat(Array.from({ length: 9600 / size }, () => record(alice, size)));
    t.strictSame(new Set(parseUtmp(many).map((login) => login.pid)), new Set([812]), `${size} bytes, 9600`);
  }
});

t.test('times after 2038 and fields without a final NUL', async (t) => {
  const full = { ...alice, user: 'u'.repeat(32), line: 'l'.repeat(32), time: 0xf000_0000 };
  t.strictSame(parseUtmp(record(full, 384)), [parsed(full)]);
});

t.test('empty, cut off and foreign content', async (t) => {
  t.strictSame(parseUtmp(new Uint8Array()), []);
  const cut = Buffer.concat([record(alice, 384), record(alice, 384).subarray(0, 100)]);
  t.strictSame(parseUtmp(cut), [parsed(alice)]);
  t.equal(parseUtmp(Buffer.alloc(384, 0xff))[0]?.type, -1);
  const bad = record(alice, 384);
  bad[44] = 0xe9;
  t.equal(parseUtmp(bad)[0]?.user, '\uFFFDlice');
});

const skip =
  (process.arch !== 'x64' || spawnSync('who', ['--version']).status !== 0) && 'needs who(1) on x86-64';

t.test('agrees with who(1) about a file', { skip }, async (t) => {
  const file = join(t.testdir(), 'utmp');
  writeFileSync(file, Buffer.concat([record(boot, 384), record(alice, 384)]));
  const env = { PATH: process.env.PATH, TZ: 'UTC0', LC_ALL: 'C' };
  const who = spawnSync('who', [file], { encoding: 'utf8', env });
  t.match(who.stdout, /^alice\s+pts\/0\s+Nov 23 07:10 \(203\.0\.113\.9\)\n$/);
});

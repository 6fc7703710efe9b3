import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type ConfigText, globConfigFiles } from '../../../platform/node/config-files.ts';
import { Flags } from '../../../supervisor/config/flags.ts';
import { hostConfigReader } from '../../../supervisor/configuration.ts';

const uid = process.geteuid?.() ?? 0;
const place = t.testdir({ 'a.conf': '{}', 'b.conf': '{}', 'c.txt': '', more: { 'd.conf': '' } });
const at = (name: string): string => join(place, name);
/** As a daemon of this user reads it. */
const readConfigFile = (path: string, user: number, allowUnsafe: boolean): ConfigText => {
  const flags = new Flags().with('allow_unsafe', String(allowUnsafe), 'command line');
  if (!flags.ok) throw new Error(flags.error.message);
  return hostConfigReader(flags.value, user).readText(path);
};
const problemOf = (read: ConfigText): string => ('problem' in read ? read.problem : 'no problem');

t.test('a config that others may write is refused with path, actual, required and remedy', async (t) => {
  for (const [mode, shown] of [
    [0o664, '0664'],
    [0o646, '0646'],
  ] as const) {
    chmodSync(at('a.conf'), mode);
    t.equal(
      problemOf(readConfigFile(at('a.conf'), uid, false)),
      `one that is not safe: ${at('a.conf')}: mode ${shown}; required: no write permission for group or others; to mend it: chmod go-w ${at('a.conf')}`,
    );
    t.strictSame(readConfigFile(at('a.conf'), uid, true), { text: '{}' }, 'allow_unsafe takes it');
  }
  chmodSync(at('a.conf'), 0o644);
  chmodSync(at('more'), 0o777);
  t.match(
    problemOf(readConfigFile(at('more/d.conf'), uid, false)),
    `${at('more')}: mode 0777`,
    'the way to it',
  );
  symlinkSync('more/d.conf', at('link.txt'));
  t.match(
    problemOf(readConfigFile(at('link.txt'), uid, false)),
    `${at('more')}: mode 0777`,
    'and that of a link',
  );
  chmodSync(at('more'), 0o755);
  t.strictSame(readConfigFile(at('link.txt'), uid, false), { text: '' });
  t.strictSame(readConfigFile(at('a.conf'), uid, false), { text: '{}' });
});

t.test(
  'a config of somebody else is refused',
  { skip: uid !== 0 && 'needs root to give a file away' },
  async (t) => {
    chownSync(at('b.conf'), 1234, 0);
    t.match(
      problemOf(readConfigFile(at('b.conf'), 0, false)),
      /owner uid 1234; required: owner root; .*chown 0/,
    );
    t.strictSame(readConfigFile(at('b.conf'), 1234, false), { text: '{}' }, 'but it is its owner’s own');
    t.match(problemOf(readConfigFile(at('b.conf'), 99, false)), /owner root or uid 99/);
  },
);

t.test('what is no file to read is told and waits for nobody', async (t) => {
  t.equal(problemOf(readConfigFile(at('gone'), uid, false)), 'no file of this name');
  t.match(problemOf(readConfigFile(at('more'), uid, false)), /no regular file/);
  execFileSync('mkfifo', [at('fifo')]);
  t.match(problemOf(readConfigFile(at('fifo'), uid, false)), /no regular file/);
  writeFileSync(at('large'), Buffer.alloc(16 * 1024 * 1024 + 1), { mode: 0o600 });
  t.match(problemOf(readConfigFile(at('large'), uid, false)), /16777217 bytes, at most 16777216/);
});

t.test('patterns: names in order, nothing for what does not exist', async (t) => {
  t.strictSame(globConfigFiles(at('*.conf')), { paths: [at('a.conf'), at('b.conf')] });
  t.strictSame(globConfigFiles(at('*/?.conf')), { paths: [at('more/d.conf')] });
  t.strictSame(globConfigFiles(at('none.d/*.conf')), { paths: [] });
});

t.test('a directory that cannot be read is told', async (t) => {
  const open = mkdtempSync(join(tmpdir(), 'leash-config-'));
  const closed = join(open, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  writeFileSync(join(closed, 'x.conf'), '{}');
  chmodSync(open, 0o755);
  if (uid !== 0) chmodSync(closed, 0o000);
  t.teardown(() => {
    chmodSync(closed, 0o700);
    rmSync(open, { recursive: true });
  });
  // Root reads every directory, so it becomes nobody for a moment.
  if (uid === 0) process.seteuid?.(65_534);
  const found = globConfigFiles(join(closed, '*.conf'));
  const read = readConfigFile(join(closed, 'x.conf'), uid, false);
  if (uid === 0) process.seteuid?.(0);
  t.strictSame(found, { problem: `${closed}/, where permission is denied` });
  t.equal(problemOf(read), 'permission is denied');
});

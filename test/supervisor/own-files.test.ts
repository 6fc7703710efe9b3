import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ownDatabases, ownDirectory } from '../../supervisor/own-files.ts';

const uid = process.getuid?.() ?? 0;
/** Below a directory for everybody: with its sticky bit, nobody can replace what is ours. */
const home = mkdtempSync(join(tmpdir(), 'leash-own-'));
t.teardown(() => rmSync(home, { recursive: true }));

t.test('a directory of our own is made, and must stay ours', async (t) => {
  const state = join(home, 'a/state');
  t.strictSame(ownDirectory(state, uid, 'private_directory'), { ok: true, value: state });
  for (const [mode, isPrivate, isOwned] of [
    [0o700, true, true],
    [0o755, false, true],
    [0o710, false, true],
    [0o770, false, false],
    [0o702, false, false],
  ] as const) {
    chmodSync(state, mode);
    t.equal(ownDirectory(state, uid, 'private_directory').ok, isPrivate, `private: ${mode.toString(8)}`);
    t.equal(ownDirectory(state, uid, 'owned_directory').ok, isOwned, `owned: ${mode.toString(8)}`);
  }
  chmodSync(state, 0o700);
  chmodSync(join(home, 'a'), 0o777);
  t.match(ownDirectory(state, uid, 'private_directory'), {
    ok: false,
    error: {
      reason: 'unsafe_permissions',
      message: `${state} is not safe to use: ${join(home, 'a')}: mode 0777`,
    },
  });
  chmodSync(join(home, 'a'), 0o755);
  t.match(ownDirectory(state, uid + 1, 'private_directory'), { ok: false, error: { message: /owner/ } });
  symlinkSync('a/state', join(home, 'link'));
  t.match(ownDirectory(join(home, 'link'), uid, 'private_directory'), {
    ok: false,
    error: { message: /a symbolic link/ },
  });
  symlinkSync('a', join(home, 'way'));
  t.ok(ownDirectory(join(home, 'way/state'), uid, 'private_directory').ok, 'a home may lie behind a link');
  writeFileSync(join(home, 'file'), '');
  t.match(ownDirectory(join(home, 'file'), uid, 'private_directory'), {
    ok: false,
    error: { reason: 'not_openable' },
  });
});

t.test('databases and what lies beside them', async (t) => {
  const state = mkdtempSync(join(home, 'state-'));
  const check = () => ownDatabases(state, uid, ['guard.db', 'lock.db']);
  t.ok(check().ok, 'there is none yet');
  for (const name of ['guard.db', 'guard.db-wal', 'lock.db-shm']) {
    writeFileSync(join(state, name), '', { mode: 0o600 });
    t.ok(check().ok);
    chmodSync(join(state, name), 0o640);
    t.match(check(), {
      ok: false,
      error: {
        message: `mode 0640; required: no permission for group or others; to mend it: chmod 600 ${join(state, name)}`,
      },
    });
    chmodSync(join(state, name), 0o600);
  }
  symlinkSync('guard.db', join(state, 'lock.db'));
  t.match(check(), { ok: false, error: { message: /lock\.db: a symbolic link/ } });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { authorizedKeys } from '../../../workers/tables/authorized_keys.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

const passwd = 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n';

t.test('both files of the users asked for, of this or another namespace', async (t) => {
  const home = { '.ssh': { authorized_keys: 'ssh-rsa AAAA a\n', authorized_keys2: 'no-pty ssh-rsa BBBB\n' } };
  const inner = {
    etc: { passwd: 'root:x:0:0::/srv:/bin/sh\n' },
    srv: { '.ssh': { authorized_keys: 'ssh-rsa CCCC inner\n' } },
  };
  const root = tree(t, { etc: { passwd }, home: { alice: home }, proc: { 12: { root: inner } } });
  const rows = (equals: Record<string, string[]>): unknown =>
    scan(authorizedKeys, { root, equals }).rows.map(Object.values);
  const directory = '/home/alice/.ssh';
  t.strictSame(rows({ uid: ['1000'] }), [
    [1000, 'ssh-rsa', 'AAAA', '', 'a', `${directory}/authorized_keys`, 0],
    [1000, 'ssh-rsa', 'BBBB', 'no-pty', '', `${directory}/authorized_keys2`, 0],
  ]);
  t.strictSame(rows({}), [], 'the caller has none');
  t.strictSame(rows({ pid_with_namespace: ['12', '13'] }), [
    [0, 'ssh-rsa', 'CCCC', '', 'inner', '/srv/.ssh/authorized_keys', 12],
  ]);
});

t.test('an account without a home has its keys in the root, where sshd looks', async (t) => {
  const accounts = 'evil:x:1000:0:::/bin/sh\nrelative:x:1001:0::home:/bin/sh\n';
  const keys = () => ({ '.ssh': { authorized_keys: 'ssh-rsa AAAA\n' } });
  const root = tree(t, { etc: { passwd: accounts }, ...keys(), home: keys() });
  t.match(scan(authorizedKeys, { root, equals: { uid: ['1000', '1001'] } }).rows, [
    { uid: 1000, key_file: '/.ssh/authorized_keys' },
  ]);
});

t.test('a FIFO in the way is not opened', async (t) => {
  const root = scratch(t);
  mkdirSync(join(root, 'etc'));
  mkdirSync(join(root, 'root/.ssh'), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), passwd);
  execFileSync('mkfifo', [join(root, 'root/.ssh/authorized_keys')]);
  const { rows, failure, refused_reads } = askHost('SELECT * FROM authorized_keys WHERE uid = 0', root);
  t.strictSame([rows, failure, refused_reads], [[], undefined, 1]);
});

const noKeygen = !hasKeygen() && 'needs ssh-keygen (openssh-client)';
t.test('keys that ssh-keygen makes, as it reads them itself', { skip: noKeygen }, async (t) => {
  const root = scratch(t);
  const directory = join(root, 'root/.ssh');
  mkdirSync(join(root, 'etc'));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), passwd);
  const lines = ['ed25519', 'ecdsa', 'rsa'].map((type) => {
    const path = join(directory, type);
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', `key of ${type}`, '-f', path]);
    return readFileSync(`${path}.pub`, 'utf8').trim();
  });
  const options = 'from="*.example.org",command="echo \\"a b\\""';
  const path = join(directory, 'authorized_keys');
  // It reads a key through blanks that end no word, and up to a NUL.
  const split = lines[1]?.replace(/(?<=AAAA)/, '\v\f\r');
  writeFileSync(path, `# keys\n${lines[0]}\n${options} ${split}\nno-pty ${lines[2]}\0*\n`);
  const { rows } = askHost('SELECT * FROM authorized_keys WHERE uid = 0', root);
  t.strictSame(
    rows.map((row) => row.options),
    ['', options, 'no-pty'],
  );
  const plain = rows.map((row) => `${row.algorithm} ${row.key} ${row.comment}\n`).join('');
  t.equal(rows[1]?.key, lines[1]?.split(' ')[1]);
  const fingerprints = (content: string): string =>
    execFileSync('ssh-keygen', ['-lf', '-'], { encoding: 'utf8', input: content });
  t.equal(fingerprints(plain), execFileSync('ssh-keygen', ['-lf', path], { encoding: 'utf8' }));
});

/** Whether ssh-keygen(1) is here; asked for a file that is not, it fails in its own words. */
function hasKeygen(): boolean {
  try {
    execFileSync('ssh-keygen', ['-lf', '/dev/null'], { stdio: 'pipe' });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { privateKeyFacts } from '../../../workers/host/private-key.ts';
import { modulusSecurityBits } from '../../../workers/parsers/key-strength.ts';
import { withoutOpenssl } from '../net/peers.ts';
import { askHost, scratch } from './ask-host.ts';

const facts = (text: string): unknown[] | undefined => {
  const found = privateKeyFacts(text);
  return found && Object.values(found);
};

const withoutKeygen = spawnSync('ssh-keygen', ['-?']).error !== undefined && 'needs ssh-keygen';
t.test('keys that ssh-keygen made, in its own format and in PEM', { skip: withoutKeygen }, async (t) => {
  const root = scratch(t);
  const ssh = join(root, 'root/.ssh');
  mkdirSync(ssh, { recursive: true });
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  const make = (name: string, phrase: string, ...options: string[]): void => {
    execFileSync('ssh-keygen', ['-q', '-N', phrase, '-f', join(ssh, name), ...options], { stdio: 'pipe' });
  };
  make('a', '', '-t', 'ed25519');
  make('b', 'secret phrase', '-t', 'ed25519');
  make('c', '', '-t', 'rsa', '-b', '3072');
  make('d', 'secret phrase', '-t', 'ecdsa', '-b', '521');
  make('e', '', '-t', 'rsa', '-b', '2048', '-m', 'PEM');
  make('f', 'secret phrase', '-t', 'rsa', '-b', '2048', '-m', 'PEM');
  make('g', '', '-t', 'ecdsa', '-b', '256', '-m', 'PEM');
  make('h', 'secret phrase', '-t', 'rsa', '-b', '2048', '-m', 'PKCS8');
  writeFileSync(join(ssh, 'config'), 'Host *\n');
  execFileSync('mkfifo', [join(ssh, 'pipe')]);
  const { rows } = askHost('SELECT * FROM user_ssh_keys WHERE uid = 0', root);
  t.strictSame(
    rows.map((row) => [
      String(row.path).replace('/root/.ssh/', ''),
      ...['encrypted', 'key_type', 'key_group_name', 'key_length', 'key_security_bits'].map(
        (each) => row[each],
      ),
    ]),
    [
      ['a', 0, 'ed25519', '', 256, 128],
      ['b', 1, 'ed25519', '', 256, 128],
      ['c', 0, 'rsa', '', 3072, 128],
      ['d', 1, 'ec', 'secp521r1', 521, 256],
      ['e', 0, 'rsa', '', 2048, 112],
      ['f', 1, 'rsa', '', -1, -1],
      ['g', 0, 'ec', 'prime256v1', 256, 128],
      ['h', 1, '', '', -1, -1],
    ],
  );
  const asked = askHost("SELECT path FROM user_ssh_keys WHERE uid = 0 AND path = '/root/.ssh/a'", root);
  t.equal(asked.rows.length, 1);
  const key = readFileSync(join(ssh, 'c'), 'latin1');
  t.strictSame(facts(key.replaceAll('\n', '\r\n')), facts(key), 'CRLF');
  for (let length = 0; length < key.length; length += 13) t.doesNotThrow(() => facts(key.slice(0, length)));
});

t.test('bits of security as openssl reckons them', { skip: withoutOpenssl }, async (t) => {
  const table = [1024, 2048, 3072, 4096, 7680, 15_360].map(modulusSecurityBits);
  t.strictSame(table, [80, 112, 128, 152, 192, 256]);
  t.strictSame([0, 7, 8, 100_000].map(modulusSecurityBits).slice(0, 3), [0, 0, 0]);
});

t.test('text that is no key, or a damaged one', async (t) => {
  for (const none of ['', 'ssh-rsa AAAA', '-----BEGIN PUBLIC KEY-----', '\0'.repeat(1e6)])
    t.equal(facts(none), undefined, none.slice(0, 20));
  const damaged = ['', 'RSA ', 'EC ', 'OPENSSH '].map(
    (label) => `-----BEGIN ${label}PRIVATE KEY-----\nAAAA\n`,
  );
  for (const text of ['PRIVATE KEY', ...damaged, `${damaged[3]}${'A'.repeat(5e6)}`])
    t.equal(facts(text), undefined, text.slice(0, 40));
  const note = 'Where is my -----BEGIN RSA PRIVATE KEY-----?\n';
  t.equal(facts(note), undefined, 'a note is not a key without a pass phrase');
  t.strictSame(facts('-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n'), [1, 'ec', '', -1, -1]);
});

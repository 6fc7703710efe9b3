import t from 'tap';
import { parseAuthorizedKeys } from '../../../workers/parsers/authorized-keys.ts';

const parse = (content: string): unknown[] =>
  parseAuthorizedKeys(content).map((each) => [each.options, each.algorithm, each.key, each.comment]);

t.test('type, key and comment, with and without options', async (t) => {
  const content = [
    '# comment',
    'ssh-ed25519 AAAA alice@example.org',
    'sk-ssh-ed25519@openssh.com\tBBBB=   two words',
    'no-pty ecdsa-sha2-nistp256 CCCC==',
    'from="*.example.org,10.0.0.0/8",command="echo \\"a b\\" # c" ssh-rsa DDDD ops',
    'command="ssh-rsa EEEE" ssh-rsa FFFF',
  ].join('\n');
  t.strictSame(parse(content), [
    ['', 'ssh-ed25519', 'AAAA', 'alice@example.org'],
    ['', 'sk-ssh-ed25519@openssh.com', 'BBBB=', 'two words'],
    ['no-pty', 'ecdsa-sha2-nistp256', 'CCCC==', ''],
    ['from="*.example.org,10.0.0.0/8",command="echo \\"a b\\" # c"', 'ssh-rsa', 'DDDD', 'ops'],
    ['command="ssh-rsa EEEE"', 'ssh-rsa', 'FFFF', ''],
  ]);
});

t.test('empty, torn, malformed, CRLF, bytes that are no text', async (t) => {
  t.strictSame(parse(''), []);
  t.strictSame(
    parse('ssh-rsa\nno-pty\nno-pty ssh-rsa\nssh-rsa \ufffd\ncommand="open ssh-rsa AAAA\nwhat AAAA'),
    [],
  );
  t.strictSame(parse('ssh-rsa AAAA a\r\n\r\nssh-rsa BBBB caf\ufffd'), [
    ['', 'ssh-rsa', 'AAAA', 'a'],
    ['', 'ssh-rsa', 'BBBB', 'caf\ufffd'],
  ]);
});

t.test('no key hides behind a NUL or a blank that sshd passes over', async (t) => {
  t.strictSame(parse('ssh-rsa AAAA\0junk\nno-pty ssh-rsa BB\v\fBB\rCC== c\n#\0\nssh-rsa AA*A'), [
    ['', 'ssh-rsa', 'AAAA', ''],
    ['no-pty', 'ssh-rsa', 'BBBBCC==', 'c'],
  ]);
});

t.test('huge lines and files', async (t) => {
  t.strictSame(parse(`command="${'\\"'.repeat(2e6)}" ssh-rsa AAAA`).length, 1);
  t.strictSame(parse(`${'a'.repeat(5e6)}\n${'"'.repeat(5e6)}`), []);
  t.equal(parse('ssh-rsa AAAA a\n'.repeat(50_000)).length, 50_000);
});

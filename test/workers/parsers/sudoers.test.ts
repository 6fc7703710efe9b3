import t from 'tap';
import { parseSudoers } from '../../../workers/parsers/sudoers.ts';

const parse = (content: string): unknown[] => parseSudoers(content).map(Object.values);

t.test('rules, settings, instructions of both forms', async (t) => {
  const content = [
    '# a comment',
    'Defaults\tenv_reset',
    'Defaults secure_path="/usr/sbin:/usr/bin"',
    '%sudo   ALL=(ALL:ALL) ALL # kept',
    '#1000 ALL=(ALL) NOPASSWD: ALL',
    'User_Alias ADMINS = alice, \\',
    '  bob',
    '#includedir /etc/sudoers.d',
    '@includedir /etc/more.d',
    '#include local',
    '@include "/etc/with blank"',
    '@include /etc/other\\ blank',
    '#include',
    '#included /x',
  ].join('\n');
  t.strictSame(parse(content), [
    ['rule', 'Defaults', 'env_reset'],
    ['rule', 'Defaults', 'secure_path="/usr/sbin:/usr/bin"'],
    ['rule', '%sudo', 'ALL=(ALL:ALL) ALL # kept'],
    ['rule', '#1000', 'ALL=(ALL) NOPASSWD: ALL'],
    ['rule', 'User_Alias', 'ADMINS = alice, bob'],
    ['includedir', 'includedir', '/etc/sudoers.d'],
    ['includedir', 'includedir', '/etc/more.d'],
    ['include', 'include', 'local'],
    ['include', 'include', '/etc/with blank'],
    ['include', 'include', '/etc/other blank'],
  ]);
});

t.test('empty, torn, CRLF, bytes that are no text, huge', async (t) => {
  t.strictSame(parse(''), []);
  t.strictSame(parse('root'), [['rule', 'root', '']]);
  t.strictSame(parse('root ALL=\\\r\n ALL\r\n\r\nx \\'), [
    ['rule', 'root', 'ALL= ALL'],
    ['rule', 'x', '\\'],
  ]);
  t.strictSame(parse('caf\ufffd ALL\0'), [['rule', 'caf\ufffd', 'ALL\0']]);
  t.equal(parse(`${'\\\n'.repeat(200_000)}\n${'a ALL=ALL\n'.repeat(50_000)}`).length, 50_000);
});

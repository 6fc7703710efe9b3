import t from 'tap';
import { parseSudoers } from '../../../workers/parsers/sudoers.ts';

const parse = (content: string): unknown[] =>
  parseSudoers(content).map(({ header, rule_details, reads }) => [
    header,
    rule_details,
    ...(reads === undefined ? [] : [reads.kind, reads.path]),
  ]);

t.test('rules, settings, instructions of both forms', async (t) => {
  const content = [
    '# a comment',
    'Defaults\tenv_reset',
    'Defaults secure_path="/usr/sbin:/usr/bin"',
    '%sudo   ALL=(ALL:ALL)  ALL # kept',
    '#1000 ALL=(ALL) NOPASSWD: ALL',
    '#-1 ALL=ALL',
    '#includedir /etc/sudoers.d',
    '@includedir\t/etc/more.d # a comment',
    '#include local',
    '@include "/etc/with blank"# a comment',
    '@include /etc/other\\ blank /etc/rest',
    '@include "/etc/open',
    '#include',
    '@include ""',
    '#included /x',
  ].join('\n');
  t.strictSame(parse(content), [
    ['Defaults', 'env_reset'],
    ['Defaults', 'secure_path="/usr/sbin:/usr/bin"'],
    ['%sudo', 'ALL=(ALL:ALL)  ALL # kept'],
    ['#1000', 'ALL=(ALL) NOPASSWD: ALL'],
    ['#-1', 'ALL=ALL'],
    ['#includedir', '/etc/sudoers.d', 'directory', '/etc/sudoers.d'],
    ['@includedir', '/etc/more.d # a comment', 'directory', '/etc/more.d'],
    ['#include', 'local', 'file', 'local'],
    ['@include', '"/etc/with blank"# a comment', 'file', '/etc/with blank'],
    ['@include', '/etc/other\\ blank /etc/rest', 'file', '/etc/other blank'],
    ['@include', '"/etc/open', 'file', '/etc/open'],
  ]);
});

t.test('a line that a backslash continues', async (t) => {
  t.strictSame(parse('User_Alias ADMINS = alice, \\\n  bob,\\\r\n\tcarl\nx ALL=ALL'), [
    ['User_Alias', 'ADMINS = alice, bob, carl'],
    ['x', 'ALL=ALL'],
  ]);
  t.strictSame(
    parse('Defaults a="# x \\\n # y" \\\n, b\n\\\ndan ALL=ALL \\\n\neve\\\n ALL=\\\\\nfay ALL=ALL'),
    [
      ['Defaults', 'a="# x # y" , b'],
      ['dan', 'ALL=ALL'],
      ['eve', 'ALL=\\\\'],
      ['fay', 'ALL=ALL'],
    ],
  );
});

t.test('a comment ends with its line, so that no rule hides behind one', async (t) => {
  t.strictSame(
    parse(
      '# note \\\nevil ALL=(ALL) NOPASSWD: ALL\nroot ALL=ALL # tail \\\nbob ALL=ALL\na ALL=(#0) \\\n ALL',
    ),
    [
      ['evil', 'ALL=(ALL) NOPASSWD: ALL'],
      ['root', 'ALL=ALL # tail \\'],
      ['bob', 'ALL=ALL'],
      ['a', 'ALL=(#0) ALL'],
    ],
  );
});

t.test('empty, torn, CRLF, bytes that are no text, huge', async (t) => {
  t.strictSame(parse(''), []);
  t.strictSame(parse('root'), [['root', '']]);
  t.strictSame(parse('root ALL=\\\r\n ALL\r\n\r\nx \\'), [
    ['root', 'ALL= ALL'],
    ['x', ''],
  ]);
  t.strictSame(parse('caf\ufffd ALL\0'), [['caf\ufffd', 'ALL\0']]);
  t.equal(parse(`${'\\\n'.repeat(200_000)}\n${'a ALL=ALL\n'.repeat(50_000)}`).length, 50_000);
  t.equal(parse(`@include ${'\\ a'.repeat(1_000_000)}\n${'x#1"\\\n'.repeat(200_000)}`).length, 2);
});

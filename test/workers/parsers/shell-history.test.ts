import t from 'tap';
import { parseShellHistory } from '../../../workers/parsers/shell-history.ts';

const parse = (content: string): unknown[] =>
  [...parseShellHistory(content)].map(({ time, command }) => [time, command]);

t.test('bash with and without times, zsh, plain', async (t) => {
  t.strictSame(parse('ls\n#1700000000\ncd /tmp\n# a comment\n'), [
    [0, 'ls'],
    [1_700_000_000, 'cd /tmp'],
    [0, '# a comment'],
  ]);
  t.strictSame(parse(': 1700000001:12;make; make test\n:  1700000002:0;vi\n: no time\n'), [
    [1_700_000_001, 'make; make test'],
    [1_700_000_002, 'vi'],
    [0, ': no time'],
  ]);
  t.strictSame(parse(' hidden \n\t\n: 1:0; a\u2028b\nfor x; do\n  y\n'), [
    [0, ' hidden '],
    [1, ' a\u2028b'],
    [0, 'for x; do'],
    [0, '  y'],
  ]);
  t.strictSame(parse('#1\n#2\n#3'), [[1, '#2']], 'after a time comes a command, whatever it looks like');
});

t.test('empty, torn, CRLF, bytes that are no text, huge', async (t) => {
  t.strictSame(parse(''), []);
  t.strictSame(parse('#1700000000'), []);
  t.strictSame(parse('#1700000000\r\nls\r\n\r\n'), [[1_700_000_000, 'ls']]);
  t.strictSame(parse(`#${'9'.repeat(30)}\n\ufffd\0`), [
    [0, `#${'9'.repeat(30)}`],
    [0, '\ufffd\0'],
  ]);
  t.equal(parse(`${'#1'.repeat(1e6)}\n${'#1700000000\nls\n'.repeat(50_000)}`).length, 50_001);
});

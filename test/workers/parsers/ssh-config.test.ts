import t from 'tap';
import { parseSshConfig } from '../../../workers/parsers/ssh-config.ts';

const parse = (content: string): unknown[] =>
  [...parseSshConfig(content)].map(({ block, option }) => [block, option]);

t.test('options above, in and after blocks', async (t) => {
  const content =
    '# top\nForwardAgent no\nHost *.Example.org web\n  User Alice\n\tPort=22\nHostName x\nMatch\tuser bob\n  Include d/*\n';
  t.strictSame(parse(content), [
    ['', 'forwardagent no'],
    ['host *.example.org web', 'user alice'],
    ['host *.example.org web', 'port=22'],
    ['host *.example.org web', 'hostname x'],
    ['match\tuser bob', 'include d/*'],
  ]);
});

t.test('empty, torn, CRLF, bytes that are no text, huge', async (t) => {
  t.strictSame(parse(''), []);
  t.strictSame(parse('Host a\n\n# b\nHost'), [['host a', 'host']]);
  t.strictSame(parse('Host=a\r\n  User \ufffd\0\r\n'), [['host=a', 'user \ufffd\0']]);
  t.equal(parse(`${'x'.repeat(1e6)}\n${'Port 22\n'.repeat(50_000)}`).length, 50_001);
});

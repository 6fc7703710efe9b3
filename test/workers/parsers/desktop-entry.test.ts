import fc from 'fast-check';
import t from 'tap';
import { parseDesktopEntry } from '../../../workers/parsers/desktop-entry.ts';

t.test('name and command of the main group', async (t) => {
  const entry =
    '# comment\n[Desktop Entry]\nType=Application\nName[fr]=Courrier\nName = Mail\nExec=a --b=c %U\n';
  const expected = { name: 'Mail', exec: 'a --b=c %U' };
  t.strictSame(parseDesktopEntry(entry), expected);
  t.strictSame(parseDesktopEntry(entry.replaceAll('\n', '\r\n')), expected);
  t.strictSame(parseDesktopEntry(`${entry}[Desktop Action X]\nExec=other\n`), expected);
  const twice = `${entry}Exec=second\n[Desktop Action X]\nExec=other\n[Desktop Entry]\nName=Third\n`;
  t.strictSame(parseDesktopEntry(twice), { name: 'Third', exec: 'second' }, 'the last one is started');
  t.strictSame(parseDesktopEntry('[Desktop Action X]\nName=x\n[Desktop Entry]\nExec=y'), {
    name: '',
    exec: 'y',
  });
});

t.test('nothing, torn, binary and huge content', async (t) => {
  const none = { name: '', exec: '' };
  for (const content of [
    '',
    'Name=x\nExec=y',
    '[Desktop Entry',
    '[Desktop Entry]',
    '[Desktop Entry]\n=\nName\n',
  ])
    t.strictSame(parseDesktopEntry(content), none, content);
  t.strictSame(parseDesktopEntry('[Desktop Entry]\nName=\ufffd\0'), { name: '\ufffd\0', exec: '' });
  t.equal(
    parseDesktopEntry(`[Desktop Entry]\n${' '.repeat(1e6)}x\nName=${'y'.repeat(1e7)}`).name.length,
    1e7,
  );
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('[Desktop Entry]', 'Name', '=', ' ', '\n', '\r', '[', 'Exec', '\u2028')),
      (parts) => {
        parseDesktopEntry(parts.join(''));
      },
    ),
  );
});

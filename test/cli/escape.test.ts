import t from 'tap';
import { eventLine } from '../../cli/live/event-line.ts';
import { type OutputMode, osqueryFormat } from '../../cli/output/formatter.ts';
import { ResultPrinter } from '../../cli/output/printer.ts';
import { terminalJson, terminalText } from '../../cli/output/terminal-text.ts';
import { columnsOf, payloadOf } from './harness.ts';

/** A process name that clears the screen, sets the title, rings, and turns the line around. */
const hostile = 'a\u001b[2J\u009b2J\u001b]0;owned\u0007\r\n\t\u007f\u202eexe.txt';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
const dangerous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

const printed = (mode: OutputMode, terminal: boolean): string => {
  let text = '';
  const printer = new ResultPrinter({
    mode,
    format: osqueryFormat,
    terminal,
    write: (part) => (text += part),
  });
  printer.columns(columnsOf(`name${hostile}`));
  printer.rows(payloadOf([[hostile], [{ blob: Buffer.from(hostile).toString('base64') }]]));
  printer.finish();
  return text;
};

t.test('no control character of the host reaches a terminal, in any format', async (t) => {
  for (const mode of ['table', 'line', 'list', 'csv', 'json', 'json_pretty'] as const) {
    t.notMatch(printed(mode, true), dangerous, mode);
    t.match(printed(mode, true), 'exe.txt', `${mode} still shows the rest`);
  }
  for (const mode of ['table', 'line', 'list', 'csv'] as const) {
    t.ok(printed(mode, false).includes('\u001b[2J'), `${mode}: a pipe gets the bytes as they are`);
  }
});

t.test('a line break in a name forges no second line', async (t) => {
  t.equal(printed('list', true).split('\n').length, 4, 'header, two rows, and the end');
  t.equal(terminalText('a\nb'), 'a\\x0Ab');
  t.equal(terminalText('\u009b\u202e'), '\\u{9B}\\u{202E}');
});

t.test('escaped JSON is the same JSON', async (t) => {
  const json = JSON.stringify({ name: hostile }, null, 2);
  t.strictSame(JSON.parse(terminalJson(json)), { name: hostile });
  t.strictSame(
    (JSON.parse(printed('json', true)) as Record<string, string>[]).map((row) => Object.values(row)[0]),
    [hostile, hostile],
  );
});

t.test('nor through the live view, whose events carry names from configs and hosts', async (t) => {
  const line = eventLine(
    { type: 'log', severity: 'info', message: hostile },
    { time: '00:00:00', colours: false },
  );
  t.notMatch(line, dangerous);
  t.notMatch(line, /\n/);
});

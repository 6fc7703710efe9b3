import t from 'tap';
import {
  createFormatter,
  type FormatOptions,
  type OutputMode,
  osqueryFormat,
} from '../../cli/output/formatter.ts';
import { ResultPrinter } from '../../cli/output/printer.ts';
import type { CellRow } from '../../protocol/cell.ts';
import { columnsOf, payloadOf } from './harness.ts';

const print = (
  mode: OutputMode,
  names: readonly string[],
  rows: readonly CellRow[],
  options: Partial<FormatOptions> = {},
): string => {
  const formatter = createFormatter(mode, { ...osqueryFormat, ...options });
  const begin = formatter.begin(columnsOf(...names));
  return [begin, ...rows.map((row) => formatter.row(row)), formatter.end()].join('');
};

const names = ['pid', 'name'];
const rows: readonly CellRow[] = [
  [1, 'init'],
  [42, null],
];

t.test('json: a row a line, strings only, keys sorted', async (t) => {
  t.equal(print('json', names, rows), '[\n  {"name":"init","pid":"1"},\n  {"name":"","pid":"42"}\n]\n');
  t.equal(print('json', names, []), '[\n\n]\n');
  t.equal(print('json', ['a'], [[null]], { nullvalue: 'NULL' }), '[\n  {"a":"NULL"}\n]\n');
  t.equal(print('json', ['a', 'a'], [[1, 2]]), '[\n  {"a":"2"}\n]\n', 'of equal names the last one');
  t.equal(print('json', ['ä', 'b', 'B'], [[1, 2, 3]]), '[\n  {"B":"3","b":"2","ä":"1"}\n]\n', 'byte order');
});

t.test('json: strings as RapidJSON writes them', async (t) => {
  t.equal(
    print('json', ['a'], [['\u001b[0m\u001f\n\t"\\/\\u001b\u007fé']]),
    '[\n  {"a":"\\u001B[0m\\u001F\\n\\t\\"\\\\/\\\\u001b\u007fé"}\n]\n',
  );
});

t.test('json_pretty: indented by two blanks a level', async (t) => {
  t.equal(
    print('json_pretty', names, rows),
    '[\n  {\n    "name": "init",\n    "pid": "1"\n  },\n  {\n    "name": "",\n    "pid": "42"\n  }\n]\n',
  );
  t.equal(print('json_pretty', names, []), '[]\n');
});

t.test('list: joined by the separator, header with the first row', async (t) => {
  t.equal(print('list', names, rows), 'pid|name\n1|init\n42|\n');
  t.equal(
    print('list', names, rows, { header: false, separator: ' - ', nullvalue: '?' }),
    '1 - init\n42 - ?\n',
  );
  t.equal(print('list', names, []), '', 'an empty result prints nothing');
});

t.test('csv: quoted as SQLite does', async (t) => {
  const values = ['plain', 'a b', 'say "hi"', "it's", 'a|b', 'a,b', '', 'é', 'l1\nl2', null];
  t.equal(
    print(
      'csv',
      ['v', 'two words'],
      values.map((value) => [value, 1]),
    ),
    'v|"two words"\nplain|1\n"a b"|1\n"say ""hi"""|1\n"it\'s"|1\n"a|b"|1\na,b|1\n""|1\n"é"|1\n"l1\nl2"|1\n|1\n',
  );
  t.equal(print('csv', ['v'], [['a,b'], ['a|b']], { separator: ',' }), 'v\n"a,b"\na|b\n');
  t.equal(print('csv', ['v', 'w'], [['a', 'b c']], { separator: '' }), 'vw\na"b c"\n', 'no separator');
});

t.test('line: names right-aligned, at least five wide, a blank line between rows', async (t) => {
  t.equal(print('line', names, rows), '  pid = 1\n name = init\n\n  pid = 42\n name = \n');
  t.equal(print('line', ['a', 'longer_name'], [[1, 2]]), '          a = 1\nlonger_name = 2\n');
});

t.test('table: a box with widths in code points', async (t) => {
  t.equal(
    print(
      'table',
      ['name', 'n'],
      [
        ['größe', 1],
        ['a', 12345],
      ],
    ),
    [
      '+-------+-------+',
      '| name  | n     |',
      '+-------+-------+',
      '| größe | 1     |',
      '| a     | 12345 |',
      '+-------+-------+',
      '',
    ].join('\n'),
  );
  t.equal(print('table', names, []), '', 'an empty result prints nothing');
});

t.test('column: cut and filled up by bytes', async (t) => {
  const cells: readonly CellRow[] = [
    ['a value of some length', 1],
    [null, 123456789012],
  ];
  t.equal(
    print('column', ['v', 'n'], cells),
    [
      'v                       n         ',
      '----------------------  ----------',
      'a value of some length  1         ',
      '                        1234567890',
      '',
    ].join('\n'),
  );
  t.equal(
    print('column', ['v', 'n'], cells, { widths: [4, -6], header: false }),
    'a va       1\n      123456\n',
  );
  t.equal(
    print('column', ['v'], [['äöü']], { widths: [5], header: false }),
    'äö \n',
    'no character is cut in half',
  );
  t.equal(print('column', ['v'], []), '', 'an empty result prints nothing');
});

t.test('table: one that is wider than the terminal becomes lines, bold names keep their place', async (t) => {
  t.equal(
    print('table', ['a'], [['12345']], { fit_columns: 9 }),
    '+-------+\n| a     |\n+-------+\n| 12345 |\n+-------+\n',
  );
  t.equal(print('table', ['a'], [['12345']], { fit_columns: 8 }), '    a = 12345\n');
  t.match(print('table', ['a'], [['12345']], { colours: true }), '| \u001b[1ma\u001b[22m     |');
});

t.test('values: numbers, big integers, blobs, text after a NUL', async (t) => {
  const cells: CellRow = [
    1,
    { int: '9223372036854775807' },
    { real: 1 },
    { real: 'Infinity' },
    { blob: Buffer.from('bytes\0rest').toString('base64') },
    'cut\0off',
  ];
  t.equal(
    print('list', ['a', 'b', 'c', 'd', 'e', 'f'], [cells], { header: false }),
    '1|9223372036854775807|1.0|Inf|bytes|cut\n',
  );
});

t.test('the printer streams batches, and leaves a failed result open-ended', async (t) => {
  const writes: string[] = [];
  const printer = new ResultPrinter({
    mode: 'json',
    format: osqueryFormat,
    terminal: false,
    write: (text) => writes.push(text),
  });
  printer.columns(columnsOf('a'));
  printer.rows(payloadOf([['1'], ['2']]));
  t.strictSame(writes, ['[\n', '  {"a":"1"},\n  {"a":"2"}'], 'each batch is out before the next comes');
  printer.rows(payloadOf([['3']]));
  printer.finish();
  t.strictSame(writes.slice(2), [',\n  {"a":"3"}', '\n]\n']);

  writes.length = 0;
  printer.columns(columnsOf('a'));
  printer.rows(payloadOf([['1']]));
  printer.abandon();
  t.equal(writes.join(''), '[\n  {"a":"1"}\n', 'no closing bracket: no reader takes it for the whole');
  t.throws(() => printer.rows(payloadOf([['2']])), /before their columns/);
});

import t from 'tap';
import { runLeash } from '../../../cli/leash-program.ts';
import { describeTable } from '../../../cli/schema/describe-table.ts';
import { exampleOf } from '../../../cli/schema/example.ts';
import { referencePages } from '../../../cli/schema/reference.ts';
import { factsOf } from '../../../cli/schema/table-facts.ts';
import { ok } from '../../../protocol/result.ts';
import { bigint, type Columns, defineTable, integer, text } from '../../../protocol/table.ts';
import { embeddedOnly, fakeService, recordIo } from '../harness.ts';

const schema = async (...args: readonly string[]) => {
  const io = recordIo();
  const tools = { ...embeddedOnly(fakeService({})), testSandbox: async () => ok({}) };
  const code = await runLeash(['schema', ...args], io, tools);
  return { code, ...io.written };
};

const table = (columns: Columns, more: object = {}) =>
  defineTable({ name: 'things', description: 'A thing.', columns, generate: () => [], ...more });

t.test('one table: its columns, what to mind and an example', async (t) => {
  const facts = factsOf(
    table(
      {
        path: text({ index: true, required: true, optimized: true }),
        uid: bigint({ additional: true, hidden: true }),
        digest: text({ collate: 'NOCASE', aliases: ['sum'] }),
      },
      { aliases: ['stuff'], userData: true },
    ),
  );
  t.equal(
    describeTable(facts),
    [
      'things: A thing.',
      '',
      'Also called stuff.',
      'The WHERE clause must constrain path.',
      'Without a constraint on uid it answers for the user that Leash runs as.',
      '',
      '  path    TEXT    index, required, optimized',
      '  uid     BIGINT  additional, hidden',
      '  digest  TEXT    collate NOCASE, also sum',
      '',
      "Example: SELECT * FROM things WHERE path = '/etc/hosts' LIMIT 5;",
      '',
    ].join('\n'),
  );
});

t.test('a table without an example gets one that can run', async (t) => {
  t.equal(exampleOf(table({ a: text() })), 'SELECT * FROM things LIMIT 5;');
  t.equal(exampleOf(table({ a: integer({ required: true }) })), 'SELECT * FROM things WHERE a = 1 LIMIT 5;');
  t.equal(
    exampleOf(table({ a: text({ required: true }) })),
    "SELECT * FROM things WHERE a = 'name' LIMIT 5;",
  );
  t.equal(exampleOf(table({ a: text() }, { example: 'SELECT 1 FROM things;' })), 'SELECT 1 FROM things;');
});

t.test('leash schema: all, by prefix, one, as JSON', async (t) => {
  const all = await schema();
  t.equal(all.code, 0);
  t.match(all.out, /^processes +\S/m);
  const some = await schema('process_open');
  t.strictSame(
    some.out
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    ['process_open_files', 'process_open_pipes', 'process_open_sockets'],
  );
  t.match(
    (await schema('file')).out,
    /^file: [\s\S]*\n {2}path +TEXT +index, required/,
    'the exact name wins',
  );
  t.match((await schema('proces')).out, /^process/m);
  const [json] = JSON.parse((await schema('uptime', '--json')).out);
  t.strictSame(json.columns[0], { name: 'days', type: 'INTEGER', options: [], aliases: [] });
});

t.test('an unknown table comes with what was meant', async (t) => {
  for (const [name, message] of [
    ['procesess', "there is no table 'procesess'; did you mean processes?"],
    ['launchd', "there is no table 'launchd': osquery has it on macOS only"],
    ['open_fil', "there is no table 'open_fil'; these have it in their name: process_open_files"],
    ['zzzzz', "there is no table 'zzzzz'; 'leash schema' lists them"],
  ] as const) {
    const { code, err } = await schema(name);
    t.strictSame([code, err], [1, `Error: ${message}\n`]);
  }
});

t.test('pages of the reference', async (t) => {
  const pages = referencePages([
    factsOf(table({ 'a|b': text(), pid: integer({ index: true }) }, { description: 'Either | or.' })),
  ]);
  t.strictSame([...pages.keys()], ['README.md', 'columns.md', 'things.md']);
  t.match(pages.get('README.md'), '| [things](things.md) | Either \\| or. |\n');
  t.match(pages.get('things.md'), '| `pid` | INTEGER | index |\n');
  t.match(pages.get('columns.md'), '| `pid` | [things](things.md) |\n');
});

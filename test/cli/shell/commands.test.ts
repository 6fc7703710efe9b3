import t from 'tap';
import { createTable } from '../../../cli/schema/create-table.ts';
import { factsOf } from '../../../cli/schema/table-facts.ts';
import { metaCommands } from '../../../cli/shell/commands/index.ts';
import { findCommand, parseSwitch } from '../../../cli/shell/meta-command.ts';
import { wordsOf } from '../../../cli/shell/words.ts';
import { bigint, defineTable, text } from '../../../protocol/table.ts';

t.test('abbreviations mean what they mean in SQLite’s shell', async (t) => {
  for (const [word, args, name] of [
    ['e', 1, 'echo'],
    ['e', 0, 'exit'],
    ['q', 0, 'quit'],
    ['s', 0, 'schema'],
    ['se', 1, 'separator'],
    ['sh', 0, 'show'],
    ['ta', 0, 'tables'],
    ['t', 0, undefined],
    ['timer', 1, 'timer'],
    ['time', 1, undefined],
    ['timeo', 1, 'timeout'],
    ['ba', 1, undefined],
    ['header', 1, 'headers'],
    ['w', 3, 'width'],
    ['quit', 1, undefined],
    ['tablesx', 0, undefined],
  ] as const) {
    t.equal(findCommand(metaCommands, word, args)?.name, name, `.${word} with ${args}`);
  }
});

t.test('every command is in the help, and no two share a name', async (t) => {
  const names = metaCommands.map(({ name }) => name);
  t.equal(new Set(names).size, names.length);
  for (const name of `all bail connect disconnect echo exit features headers help list mode nullvalue print quit
    schema separator show summary socket tables timeout timer types version width`.split(/\s+/)) {
    t.ok(names.includes(name), name);
  }
});

t.test('words, quotes and backslashes', async (t) => {
  for (const [line, words] of [
    ['print a  b', ['print', 'a', 'b']],
    [`print 'a b' "c d"`, ['print', 'a b', 'c d']],
    ['separator \\t', ['separator', '\t']],
    [`separator '\\t'`, ['separator', '\\t']],
    ['separator "\\101\\n\\\\"', ['separator', 'A\n\\']],
    ["nullvalue ''", ['nullvalue', '']],
    ["print 'open", ['print', 'open']],
    ['', []],
  ] as const) {
    t.strictSame(wordsOf(line), words, line);
  }
});

t.test('ON and OFF', async (t) => {
  for (const word of 'on ON y yes t True ok enable 1 7'.split(' ')) t.equal(parseSwitch(word), true, word);
  for (const word of 'off n No f false disable 0'.split(' ')) t.equal(parseSwitch(word), false, word);
  t.equal(parseSwitch('maybe'), undefined);
});

t.test('a table as a CREATE TABLE statement', async (t) => {
  const table = (columns: Parameters<typeof defineTable>[0]['columns']) =>
    createTable(factsOf(defineTable({ name: 'x', description: '', columns, generate: () => [] })));
  t.equal(
    table({ pid: bigint({ index: true }), b: text({ hidden: true }), a: text({ additional: true }) }),
    'CREATE TABLE x(`pid` BIGINT, `b` TEXT HIDDEN, `a` TEXT, PRIMARY KEY (`pid`, `a`)) WITHOUT ROWID;',
  );
  t.equal(
    table({ a: text({ additional: true }), b: text({ collate: 'NOCASE', aliases: ['d', 'c'] }) }),
    'CREATE TABLE x(`a` TEXT, `b` TEXT COLLATE NOCASE, `c` TEXT HIDDEN, `d` TEXT HIDDEN, PRIMARY KEY (`a`, `b`, `c`, `d`)) WITHOUT ROWID;',
    'without an index column all are the key',
  );
  t.equal(table({ a: text(), b: text({ required: true }) }), 'CREATE TABLE x(`a` TEXT, `b` TEXT);');
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import { defineTable, integer, text } from '../../../protocol/table.ts';
import { platformOfTable } from '../../../workers/engine/foreign-tables.ts';
import { tables } from '../../../workers/tables/index.ts';
import { sharedPath } from '../../shared.ts';
import { openEngine } from '../harness.ts';

t.test('an unknown name comes with the one that was meant', async (t) => {
  const { ask } = await openEngine(tables);
  for (const [sql, message] of [
    ['SELECT * FROM procesess', 'no such table: procesess; did you mean processes?'],
    ['SELECT * FROM main.usrs', 'no such table: main.usrs; did you mean users?'],
    ['SELECT p.pidd FROM processes p', 'no such column: p.pidd; did you mean pid?'],
    ['SELECT 1 FROM Users WHERE usrname = 1', 'no such column: usrname; did you mean username?'],
    [
      'SELECT name FROM npm_packages WHERE uid IN (SELECT uid FROM users)',
      'no such column: uid; users has it, but not there',
    ],
    ['SELECT n.uid FROM npm_packages n, users u', 'no such column: n.uid; users has it, but not there'],
    ["SELECT regex_mach('a', 'b', 0)", 'no such function: regex_mach; did you mean regex_match?'],
    ['SELECT * FROM registry', 'no such table: registry; osquery has that table on Windows only'],
    ['SELECT * FROM launchd', 'no such table: launchd; osquery has that table on macOS only'],
    ['SELECT * FROM battery', 'no such table: battery; osquery has that table on macOS and Windows only'],
    [
      'SELECT * FROM docker_container_f',
      'no such table: docker_container_f; did you mean docker_containers?',
    ],
    ['SELECT * FROM chrome', 'no such table: chrome; did you mean chrome_extensions?'],
    ['SELECT descr FROM users', 'no such column: descr; did you mean description?'],
    ['SELECT * FROM zz', 'no such table: zz'],
    ['CREATE TABLE t (a)', 'not authorized: CREATE; queries can only read'],
    ['CREATE VIEW v AS SELECT 1', 'not authorized: CREATE; queries can only read'],
    ['CREATE TEMP TABLE t (a)', 'not authorized: CREATE; queries can only read'],
    ['DROP TABLE users', 'not authorized: DROP; queries can only read'],
    ['INSERT INTO users (uid) VALUES (1)', 'not authorized: INSERT; queries can only read'],
    [
      'SELECT * FROM hash',
      'Table hash was queried without a required column in the WHERE clause: it needs "path" or "directory", ' +
        "for example: SELECT * FROM hash WHERE path = '/etc/hosts'",
    ],
    ['SELECT * FROM zzzzzzzz', 'no such table: zzzzzzzz'],
    ['SELEC 1', 'near "SELEC": syntax error'],
  ] as const) {
    t.equal(ask(sql).failure?.message, message, sql);
  }
});

t.test('where no column is near, the columns of a single table are told', async (t) => {
  const small = defineTable({
    name: 'small',
    description: '',
    columns: { one: text(), two: integer() },
    generate: () => [],
  });
  const wide = defineTable({
    name: 'wide',
    description: '',
    columns: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`column_${index}`, text()])),
    generate: () => [],
  });
  const { ask } = await openEngine([small, wide]);
  t.equal(ask('SELECT elephant FROM small').failure?.message, 'no such column: elephant; small has one, two');
  t.match(ask('SELECT elephant FROM wide').failure?.message, /wide has column_0, .*column_11, …$/);
  t.equal(ask('SELECT elephant FROM small, wide').failure?.message, 'no such column: elephant');
});

const reference = sharedPath('reference/osquery-tables.linux.json');

t.test(
  'no table of Linux is said to be of another system',
  { skip: reference === undefined && 'needs the reference schema (set LEASH_SHARED)' },
  async (t) => {
    const {
      tables: specs,
    }: { tables: readonly { readonly name: string; readonly aliases: readonly string[] }[] } = JSON.parse(
      readFileSync(reference ?? '', 'utf8'),
    );
    const wrong = specs
      .flatMap(({ name, aliases }) => [name, ...aliases])
      .filter((name) => platformOfTable(name));
    t.strictSame(wrong, []);
  },
);

/** Every entry of the reference of osquery's SQL, looked for in the engine: names, arities, NULLs, collations, what may be done. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { defineTable, integer } from '../../../protocol/table.ts';
import { allowedPragmas } from '../../../workers/engine/allowed.ts';
import { ourFunctions } from '../../../workers/engine/install-functions.ts';
import { sharedPath } from '../../shared.ts';
import { openEngine } from '../harness.ts';

interface Entry {
  readonly names: readonly string[];
  readonly arity: number | string;
  readonly on_null: string;
  readonly examples: readonly { readonly sql: string }[];
}

interface Reference {
  readonly functions: readonly Entry[];
  readonly collations: readonly { readonly name: string; readonly same_as: string }[];
  readonly authorizer: {
    readonly allowed_actions: readonly string[];
    readonly denied_actions: readonly string[];
    readonly allowed_pragmas: readonly string[];
  };
}

const path = sharedPath('reference/sql-functions.json');
const skip = path === undefined && 'no reference data';
const reference = (): Reference => JSON.parse(readFileSync(path ?? '', 'utf8')) as Reference;

/** Internal to osqueryi's own meta commands. */
const notOurs = 'shellstatic';
/** `functions.test.ts` runs the examples of all others, which are values; its one is a query with a warning. */
const toldOtherwise = 'carve';

const functions = (): readonly Entry[] =>
  reference().functions.filter(({ names }) => !names.includes(notOurs));

t.test('every function is there and has an example that is run', { skip }, async (t) => {
  for (const { names, examples } of functions()) {
    for (const name of names) {
      t.ok(ourFunctions.has(name), `${name}() is ours, and in no later version SQLite's`);
      const calls = new RegExp(`\\b${name}\\s*\\(`);
      const shown = examples.some(({ sql }) => calls.test(sql) && !/^SELECT carve/.test(sql));
      t.equal(shown, name !== toldOtherwise, name);
    }
  }
});

/** With two arguments it is SQLite's own, of a base. */
const takesBase = 'log';

t.test('a function takes as many arguments as there', { skip }, async (t) => {
  const { ask } = await openEngine([]);
  const call = (name: string, count: number) =>
    ask(`SELECT ${name}(${Array(count).fill('NULL').join(', ')})`);
  for (const { names, arity } of functions()) {
    if (typeof arity !== 'number') continue;
    for (const name of names) {
      if (name !== takesBase)
        t.match(call(name, arity + 1).failure, { message: /wrong number of arguments/ }, `${name}, one more`);
      if (arity > 0)
        t.match(call(name, arity - 1).failure, { message: /wrong number of arguments/ }, `${name}, one less`);
    }
  }
});

/** An argument that is no NULL and harms no function. */
const harmless = "'1'";

t.test('a function takes NULL as there', { skip }, async (t) => {
  const { ask } = await openEngine([]);
  const told = { null: 0, error: 0 };
  for (const { names, arity, on_null } of functions()) {
    const count = typeof arity === 'number' ? arity : Number(/^\d+/.exec(arity)?.[0] ?? 0);
    const [, error] = /^[^;]*-> SQL error '([^']+)'/.exec(on_null) ?? [];
    const isNull = /^(?:any )?NULL(?: argument)? -> NULL/.test(on_null);
    if (error === undefined && !isNull) continue;
    for (const name of names) {
      for (let place = 0; place < (isNull ? count : Math.min(count, 1)); place += 1) {
        const args = Array.from({ length: count }, (_, index) => (index === place ? 'NULL' : harmless));
        const { failure, cells } = ask(`SELECT ${name}(${args.join(', ')})`);
        if (isNull) t.strictSame([failure, cells], [undefined, [[null]]], `${name}(${args.join(', ')})`);
        else t.ok(failure?.message.startsWith(error ?? ''), `${name}: ${failure?.message}`);
        told[isNull ? 'null' : 'error'] += 1;
      }
    }
  }
  t.ok(told.null > 25 && told.error >= 5, JSON.stringify(told));
});

const versions = [
  '',
  '1',
  '1.0',
  '1.0.0',
  '1.0-4',
  '1:0.9',
  '2:0',
  '1.10',
  '1.9',
  '1.0~rc1',
  '1.0^git',
  '10a',
  '102',
];

t.test('every collation orders as the function of its flavour', { skip }, async (t) => {
  const { ask } = await openEngine([]);
  const pairs = versions.flatMap((one) => versions.map((other) => `('${one}', '${other}')`)).join(', ');
  for (const { name, same_as } of reference().collations) {
    const sql =
      `WITH p(l, r) AS (VALUES ${pairs}) SELECT count(*), sum(${same_as} < 0), ` +
      `sum((l < r COLLATE ${name}) = (${same_as} < 0) AND (l = r COLLATE ${name}) = (${same_as} = 0)) FROM p`;
    const { cells, failure } = ask(sql);
    t.equal(failure, undefined, name);
    const [count, less, same] = cells[0] ?? [];
    t.equal(count, versions.length ** 2);
    t.ok(Number(less) > 20, `${name} puts pairs in order`);
    t.equal(same, count, name);
  }
});

t.test('the list of PRAGMAs is osquery’s', { skip }, async (t) => {
  const { allowed_pragmas } = reference().authorizer;
  t.strictSame([...allowedPragmas].toSorted(), [...allowed_pragmas].toSorted());
  const { ask } = await openEngine([]);
  for (const name of allowed_pragmas) t.equal(ask(`PRAGMA ${name.toUpperCase()}`).failure, undefined, name);
});

/** A statement for each action of the authorizer. */
const statements: Readonly<Record<string, string>> = {
  SQLITE_READ: 'SELECT n FROM things',
  SQLITE_SELECT: 'SELECT 1',
  SQLITE_FUNCTION: "SELECT lower('A')",
  SQLITE_RECURSIVE: 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2) SELECT x FROM c',
  SQLITE_INSERT: 'INSERT INTO sqlite_master (name) VALUES (1)',
  SQLITE_UPDATE: 'UPDATE sqlite_master SET name = 1',
  SQLITE_DELETE: 'DELETE FROM sqlite_master',
  SQLITE_CREATE_VTABLE: 'CREATE VIRTUAL TABLE v USING things',
  SQLITE_DROP_VTABLE: 'DROP TABLE things',
  SQLITE_CREATE_VIEW: 'CREATE VIEW v AS SELECT 1',
  SQLITE_DROP_VIEW: 'DROP VIEW v',
  SQLITE_CREATE_TABLE: 'CREATE TABLE v (n)',
  SQLITE_DROP_TABLE: 'DROP TABLE things',
  SQLITE_CREATE_TEMP_TABLE: 'CREATE TEMP TABLE v (n)',
  SQLITE_DROP_TEMP_TABLE: 'DROP TABLE temp.v',
  SQLITE_CREATE_TEMP_VIEW: 'CREATE TEMP VIEW v AS SELECT 1',
  SQLITE_DROP_TEMP_VIEW: 'DROP VIEW temp.v',
  SQLITE_TRANSACTION: 'BEGIN',
  SQLITE_ATTACH: "ATTACH '/tmp/x' AS x",
  SQLITE_DETACH: 'DETACH x',
  SQLITE_ALTER_TABLE: 'ALTER TABLE things RENAME TO v',
  SQLITE_CREATE_INDEX: 'CREATE INDEX i ON things (n)',
  SQLITE_CREATE_TEMP_INDEX: 'CREATE INDEX temp.i ON things (n)',
  SQLITE_DROP_INDEX: 'DROP INDEX i',
  SQLITE_DROP_TEMP_INDEX: 'DROP INDEX temp.i',
  SQLITE_CREATE_TRIGGER: 'CREATE TRIGGER g AFTER INSERT ON things BEGIN SELECT 1; END',
  SQLITE_CREATE_TEMP_TRIGGER: 'CREATE TEMP TRIGGER g AFTER INSERT ON things BEGIN SELECT 1; END',
  SQLITE_DROP_TRIGGER: 'DROP TRIGGER g',
  SQLITE_DROP_TEMP_TRIGGER: 'DROP TRIGGER temp.g',
  SQLITE_REINDEX: 'REINDEX things',
  SQLITE_ANALYZE: 'ANALYZE',
  SQLITE_SAVEPOINT: 'SAVEPOINT s',
  SQLITE_PRAGMA: 'PRAGMA user_version',
};

/** Of what osquery allows: what reads. The rest would change the connection that all queries run on. */
const reading = new Set(['SQLITE_READ', 'SQLITE_SELECT', 'SQLITE_FUNCTION', 'SQLITE_RECURSIVE']);

t.test(
  'of the actions that osquery allows those that read are allowed, and nothing else',
  { skip },
  async (t) => {
    const things = defineTable({
      name: 'things',
      description: '',
      columns: { n: integer() },
      generate: () => [{ n: 1 }],
    });
    const { ask } = await openEngine([things]);
    const { allowed_actions, denied_actions } = reference().authorizer;
    const actions = [...allowed_actions, ...denied_actions].map((action) => action.split(' ')[0] ?? '');
    t.strictSame(actions.toSorted(), Object.keys(statements).toSorted(), 'each has a statement');
    for (const action of actions) {
      const { failure } = ask(statements[action] ?? '');
      if (reading.has(action)) t.equal(failure, undefined, action);
      else t.match(failure?.reason, /^(?:not_authorized|sql_error)$/, `${action}: ${failure?.message}`);
    }
    const made = 'SELECT name FROM sqlite_master UNION SELECT name FROM sqlite_temp_master';
    t.strictSame(ask(made).cells, [['things']]);
    t.strictSame(ask('SELECT n FROM things').cells, [[1]]);
  },
);

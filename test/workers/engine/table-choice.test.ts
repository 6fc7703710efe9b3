import t from 'tap';
import { defineTable, integer, text } from '../../../protocol/table.ts';
import { openEngine } from '../harness.ts';

const table = (name: string, aliases: readonly string[] = []) =>
  defineTable({ name, description: '', columns: { n: integer() }, aliases, generate: () => [{ n: 1 }] });

t.test('a table that the flags leave out is not there by any of its names', async (t) => {
  const { engine, ask } = await openEngine([table('kept'), table('secret', ['hidden'])]);
  engine.choose({ enabled: [], disabled: ['secret', 'noted'] });
  t.strictSame(ask('SELECT n FROM kept').cells, [[1]]);
  for (const name of ['secret', 'hidden', 'SECRET', 'main.secret']) {
    const { failure } = ask(`SELECT n FROM ${name}`);
    t.match(failure?.message, /^no such table: .*(?:--disable_tables leaves it out)?$/, name);
  }
  t.equal(
    ask('SELECT 1 FROM secret').failure?.message,
    'no such table: secret: --disable_tables leaves it out',
  );
  t.match(ask('SELECT 1 FROM kept, hidden').failure, { message: /--disable_tables leaves it out/ });
  t.match(ask('SELECT 1 FROM other').failure, { message: 'no such table: other' });
  t.strictSame(ask('SELECT name FROM sqlite_temp_master').cells, [['kept']]);
  t.strictSame(ask("SELECT count(*) FROM pragma_table_info('secret')").cells, [[0]]);
});

t.test('nor does the config bring one back', async (t) => {
  const { engine, ask } = await openEngine([table('kept'), table('secret')]);
  engine.choose({ enabled: ['kept', 'seen'], disabled: [] });
  const noted = defineTable({ name: 'noted', description: '', columns: { t: text() }, generate: () => [] });
  engine.config.add({ kind: 'table', name: 'noted', table: noted });
  engine.config.add({ kind: 'view', name: 'seen', sql: 'SELECT n FROM kept' });
  engine.config.add({ kind: 'view', name: 'secret', sql: 'SELECT 7 AS n' });
  t.strictSame(engine.settleConfig(), [
    { name: 'noted', message: '--enable_tables leaves it out' },
    { name: 'secret', message: 'there is a table of this name already' },
  ]);
  t.strictSame(ask('SELECT n FROM seen').cells, [[1]]);
  for (const name of ['noted', 'secret'])
    t.match(ask(`SELECT * FROM ${name}`).failure, { reason: 'sql_error' });
});

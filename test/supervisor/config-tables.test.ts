/** From a config to rows: the product's supervisor and its own workers. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { startRealHost } from '../offenders/real-host.ts';
import { load } from './config/load-config.ts';

const budget = budgetOfLevel['0'];

t.test('tables and views of the config come, change and go at a reload', async (t) => {
  const path = join(t.testdir(), 'app.db');
  const db = new Database(path);
  db.exec("CREATE TABLE notes (text); INSERT INTO notes VALUES ('a'), ('b')");
  db.close();
  const notes = { query: 'SELECT text FROM notes', path, columns: ['text'] };
  let config = load({
    'main.conf': {
      auto_table_construction: { notes },
      views: { noted: 'SELECT text FROM notes', time: 'SELECT 1', odd: 'SELECT * FROM nowhere' },
    },
  }).config;
  const host = await startRealHost({ lanes: 1, configTables: () => config?.tables ?? [] });
  t.teardown(() => host.stop());
  const ask = async (sql: string) => (await host.run(sql, budget)).outcome;
  t.match(await ask('SELECT * FROM noted'), { failure: undefined, cost: { rows: 2 } });
  t.match(await ask('SELECT * FROM docker_info, noted'), { cost: { rows: 0 } }, 'in a net worker too');
  const warned = () => host.log.filter((line) => line.startsWith("The config's")).sort();
  t.strictSame(warned(), [
    "The config's view 'odd' cannot be used: no such table: nowhere.",
    "The config's view 'time' cannot be used: there is a table of this name already.",
  ]);
  config = load({ 'main.conf': { views: { noted: "SELECT 'only' AS text" } } }).config;
  t.match(await ask('SELECT text FROM noted'), { failure: undefined, cost: { rows: 1 } });
  t.match((await ask('SELECT * FROM notes')).failure, { message: /^no such table: notes/ });
  config = load({ 'main.conf': {} }).config;
  t.match((await ask('SELECT * FROM noted')).failure, { message: /^no such table: noted/ });
  t.equal(warned().length, 2);
});

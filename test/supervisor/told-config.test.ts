import t from 'tap';
import type { ConfigTable } from '../../protocol/config-tables.ts';
import { configNews, configTableBoard } from '../../supervisor/workforce/told-config.ts';

const view = (name: string): ConfigTable => ({ kind: 'view', name, sql: 'SELECT 1' });

t.test('a worker is told of a config that was read again, one table a message', (t) => {
  const tables = [view('a'), view('b')];
  t.strictSame(configNews([], []), []);
  t.strictSame(configNews(tables, tables), []);
  t.strictSame(configNews([], tables), [
    { type: 'forget_config' },
    ...tables.map((table) => ({ type: 'config_table', table })),
  ]);
  t.strictSame(configNews(tables, []), [{ type: 'forget_config' }]);
  t.end();
});

t.test('what workers refuse is said once a config', (t) => {
  let tables = [view('a'), view('b')];
  const said: string[] = [];
  const board = configTableBoard(
    () => tables,
    (message) => said.push(message),
  );
  for (const name of ['a', 'a', 'b', 'gone']) board.refused(name, 'no such table: x');
  t.strictSame(said.splice(0), [
    "The config's view 'a' cannot be used: no such table: x.",
    "The config's view 'b' cannot be used: no such table: x.",
  ]);
  tables = [view('a')];
  t.equal(board.tables, tables);
  for (const name of ['b', 'a']) board.refused(name, 'again');
  t.strictSame(said, ["The config's view 'a' cannot be used: again."]);
  t.end();
});

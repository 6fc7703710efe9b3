/** Tables of an extension that shares nothing with us, on Debian's python3-thrift, from registration to SQL. */
import t from 'tap';
import { routeSocket } from '../../supervisor/extensions/registry.ts';
import { startManager } from './manager-harness.ts';
import { startExtension, withoutPython } from './python-harness.ts';
import { workerWith } from './table-harness.ts';

const skip = withoutPython();

t.test('Python’s rows are rows like any other', { skip }, async (t) => {
  const manager = await startManager(t);
  const python = startExtension(t, manager.path, ['--tables', '["py_numbers", "py_more"]']);
  await python.until('serving');
  const [effect] = manager.effects;
  if (effect === undefined) throw new Error('nothing is registered');
  const { uuid, info, tables } = effect.registration;
  const path = routeSocket(effect.registration);
  const worker = await workerWith(t, [{ uuid, name: info.name, path, socketDueAt_ms: 0, tables, away: [] }]);
  const ask = async (sql: string) => {
    const { cells, failure } = await worker.query(sql);
    t.equal(failure, undefined, sql);
    return cells;
  };
  const first = { blob: Buffer.from([255, 0, 0]).toString('base64') };
  t.strictSame(await ask('SELECT n, text, bytes FROM py_numbers WHERE n = 1'), []);
  t.strictSame(await ask('SELECT n, text, bytes FROM py_numbers WHERE n < 1'), [[0, 'zahl ü 0', first]]);
  t.strictSame(await ask('SELECT count(*), sum(n) FROM py_numbers_view WHERE n < 50000'), [
    [50_000, 1_249_975_000],
  ]);
  t.match((await worker.query('SELECT * FROM py_numbers')).failure, { reason: 'missing_required' });
  const joined = 'SELECT a.n, b.text FROM py_numbers a JOIN py_more b ON b.n <= a.n + 1 WHERE a.n < 2';
  t.strictSame(await ask(joined), [
    [0, 'zahl ü 0'],
    [1, 'zahl ü 0'],
    [1, 'zahl ü 1'],
  ]);
  t.strictSame(
    await ask("INSERT INTO py_numbers (n, text, bytes) VALUES (1, 'a', 'b'); SELECT last_insert_rowid()"),
    [[42]],
  );
  t.match((await worker.query("UPDATE py_numbers SET text = 'x' WHERE n < 1")).failure, {
    message: /refused the update: constraint: taken/,
  });
  t.match((await worker.query('DELETE FROM py_numbers WHERE n < 1')).failure, {
    message: /refused the delete: readonly/,
  });
  python.kill();
  await python.ended();
  t.match((await worker.query('SELECT * FROM py_numbers WHERE n < 1')).failure, {
    reason: 'table_error',
    message: /table py_numbers of extension "python_example" failed: nobody listens on/,
  });
  t.strictSame(await ask('SELECT 1'), [[1]]);
});

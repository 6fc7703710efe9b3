/** From the board to rows and blame: the product's supervisor, its own workers, a real extension process. */
import t, { type Test } from 'tap';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { AttachedExtension } from '../../protocol/extension/attachment.ts';
import { integer, text } from '../../protocol/table.ts';
import { ExtensionRoster } from '../../supervisor/extensions/life/extension-roster.ts';
import type { DoubleTable } from '../extensions/table-harness.ts';
import { startTables } from '../extensions/table-harness.ts';
import { type RealHost, startRealHost } from '../offenders/real-host.ts';

const budget = budgetOfLevel['0'];

/** A board that a test changes by hand, and what it was told. */
class TestBoard {
  readonly roster: ExtensionRoster = new ExtensionRoster();
  readonly told: unknown[] = [];

  constructor() {
    this.roster.listen({
      reads: ({ sql }, uuids) => this.told.push({ sql, uuids }),
      hung: (uuid, { sql }, finding) => this.told.push({ sql, hung: uuid, finding }),
    });
  }

  add({ uuid, name, path, socketDueAt_ms, tables }: AttachedExtension): void {
    const info = { name, version: '', sdkVersion: '', minSdkVersion: '' };
    const door = { path: path.slice(0, -`.${uuid}`.length), kind: 'managed' } as const;
    const plugins = tables.map((table) => ({ registry: 'table', name: table.name }));
    const registration = {
      uuid,
      door,
      info,
      socketDueAt_ms,
      plugins,
      tables,
      away: new Map<string, number>(),
    };
    this.roster.attach(new Map(this.roster.attached).set(uuid, registration));
  }

  remove(uuid: number): void {
    this.roster.attach(new Map([...this.roster.attached].filter(([each]) => each !== uuid)));
  }
}

const table = (conduct: DoubleTable['conduct']): DoubleTable => ({
  columns: { n: integer({ index: true }), text: text() },
  conduct,
});

const start = async (t: Test): Promise<{ board: TestBoard; host: RealHost }> => {
  const board = new TestBoard();
  const host = await startRealHost({ lanes: 3, extensions: board.roster });
  t.teardown(() => host.stop());
  return { board, host };
};

t.test('a table is there while its extension is registered', async (t) => {
  const { board, host } = await start(t);
  const rows = [{ n: '1', text: 'here' }];
  const first = await startTables(t, { things: table({ does: 'rows', rows }) }, { name: 'first', uuid: 1 });
  const sql = 'SELECT text FROM things';
  const ask = async () => (await host.run(sql, budget)).outcome;
  t.match((await ask()).failure, { reason: 'sql_error', message: 'no such table: things' });
  board.add(first.extension);
  t.match(await ask(), { failure: undefined, cost: { rows: 1 } });
  t.strictSame(board.told, [{ sql, uuids: [1] }]);
  board.remove(1);
  t.match((await ask()).failure, {
    message: 'no such table: things: extension "first", which brought it, is not registered at the moment',
  });
  const second = await startTables(
    t,
    { things: table({ does: 'rows', rows: [...rows, ...rows] }) },
    { name: 'second', uuid: 2 },
  );
  board.add(second.extension);
  t.match(await ask(), { failure: undefined, cost: { rows: 2 } }, 'another one may bring it');
  board.remove(2);
  board.add({ ...second.extension, uuid: 3, path: first.extension.path.replace(/1$/, '3') });
  t.match((await ask()).failure, { reason: 'table_error', message: /"second" failed: nobody listens on/ });
  t.strictSame(board.told.slice(1), [
    { sql, uuids: [2] },
    { sql, uuids: [3] },
  ]);
});

t.test('an extension that hangs is blamed, its query is not, and others go on', async (t) => {
  const { board, host } = await start(t);
  const bad = await startTables(t, { stuck: table({ does: 'hangs' }) }, { name: 'bad', uuid: 1 });
  const rows = [{ n: '1', text: 'good' }];
  const good = await startTables(t, { fine: table({ does: 'rows', rows }) }, { name: 'good', uuid: 2 });
  board.add(bad.extension);
  board.add(good.extension);
  const sql = 'SELECT * FROM stuck';
  for (let round = 0; round < 3; round += 1) {
    const [stuck, fine, own] = await Promise.all([
      host.run(sql, { ...budget, wall_ms: 2_000 }),
      host.run('SELECT * FROM fine', budget),
      host.run('SELECT count(*) FROM processes', budget),
    ]);
    t.match(stuck.outcome.failure, {
      reason: 'table_error',
      message: /^extension "bad" did not answer within \d+ of the query's 2000 ms \(wall_ms\)/,
    });
    t.strictSame(stuck.verdicts, [], 'no verdict, so no strike and no denial, however often');
    t.match([fine.outcome, own.outcome], [{ failure: undefined }, { failure: undefined }]);
  }
  const hung = board.told.filter((each) => Object.hasOwn(each as object, 'hung'));
  t.equal(hung.length, 3);
  t.match(hung, [{ sql, hung: 1, finding: { reason: 'wall_ms', limit: 2_000 } }]);
});

t.test('a query that takes its time itself is judged as ever', async (t) => {
  const { board, host } = await start(t);
  const quick = await startTables(
    t,
    { fine: table({ does: 'rows', rows: [{ n: '1', text: '' }] }) },
    { uuid: 1 },
  );
  board.add(quick.extension);
  const endless =
    'WITH RECURSIVE c(x) AS (SELECT n FROM fine UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c';
  // A worker that has asked an extension before waits for it no longer than the call takes, however busy the host is.
  await host.run('SELECT n FROM fine', budget);
  const { outcome, verdicts } = await host.run(endless, { ...budget, wall_ms: 5_000 });
  t.match(outcome.failure, { reason: /^(limit|killed)$/, message: /wall_ms/ });
  t.match(verdicts, [{ kind: /^(fail|kill)$/, reason: 'wall_ms' }]);
  t.strictSame(
    board.told.filter((each) => Object.hasOwn(each as object, 'hung')),
    [],
  );
});

t.test('rows are written through the supervisor, once', async (t) => {
  const { board, host } = await start(t);
  const store = await startTables(
    t,
    { notes: { columns: { name: text(), size: integer(), text: text() }, conduct: { does: 'stores' } } },
    { uuid: 1 },
  );
  board.add(store.extension);
  const { outcome } = await host.run("INSERT INTO notes VALUES ('a', 1, 'x')", budget);
  t.equal(outcome.failure, undefined);
  t.match((await host.run('SELECT * FROM notes', budget)).outcome.cost, { rows: 1 }, 'not in both leases');
});

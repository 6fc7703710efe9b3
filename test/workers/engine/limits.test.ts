import t from 'tap';
import { BudgetExceeded } from '../../../protocol/budget-exceeded.ts';
import { defineTable, integer, type Table, text } from '../../../protocol/table.ts';
import { openEngine, realMeter } from '../harness.ts';

const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

t.test('an endless query ends at its deadline', async (t) => {
  const { ask } = await openEngine([]);
  t.match(ask(endless, { budget: { wall_ms: 50 } }).failure, { reason: 'limit', limit: 'wall_ms' });
  t.strictSame(ask('SELECT 1').cells, [[1]]);
});

t.test('an endless query ends at its CPU budget', async (t) => {
  const { ask } = await openEngine([]);
  const { failure } = ask(endless, { budget: { cpu_ms: 50 } });
  t.match(failure, { reason: 'limit', limit: 'cpu_ms' });
  t.ok((failure?.measured ?? 0) > 50);
});

t.test('time that the clock alone shows is wall time, not CPU', async (t) => {
  const { ask } = await openEngine([]);
  let now_ms = 0;
  const meter = {
    ...realMeter,
    monotonicMs: () => (now_ms += 1000),
    cpu: () => ({ user_ms: 0, system_ms: 0 }),
  };
  t.match(ask(endless, { meter }).failure, { limit: 'wall_ms' });
});

t.test('a run whose supervisor died ends with it', async (t) => {
  const { ask } = await openEngine([]);
  let asked = 0;
  const meter = {
    ...realMeter,
    pause: () => {},
    exitIfOrphaned: () => {
      asked += 1;
      throw new Error('the process would exit here');
    },
  };
  ask(endless, { meter, budget: { wall_ms: 5000 } });
  t.equal(asked, 1);
});

t.test('the row and the result cap fail the run and leave the engine usable', async (t) => {
  const { ask } = await openEngine([]);
  const rows = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c';
  t.match(ask(rows, { budget: { rows: 10 } }).failure, { reason: 'limit', limit: 'rows', measured: 11 });
  t.match(ask(rows, { budget: { rows: 1e9, result_mb: 1 } }).failure, {
    reason: 'limit',
    limit: 'result_mb',
  });
  t.match(ask('SELECT 1', { budget: { rows: 1 } }), { failure: undefined, cells: [[1]] });
});

t.test('memory inside SQLite is capped by the run, and the next run has its own', async (t) => {
  const { ask, engine } = await openEngine([]);
  const hog =
    'WITH RECURSIVE c(x) AS (SELECT randomblob(100000) UNION ALL SELECT randomblob(100000) FROM c LIMIT 500) ' +
    'SELECT count(DISTINCT x) FROM c';
  t.match(ask(hog, { budget: { memory_mb: 16 } }).failure, { reason: 'out_of_memory', limit: 'memory_mb' });
  t.equal(engine.broken, false);
  t.strictSame(ask(hog, { budget: { memory_mb: 200 } }).cells, [[500]]);
});

t.test('one opcode cannot be given a value large enough to hang', async (t) => {
  const { ask } = await openEngine([]);
  t.match(ask("SELECT replace(hex(zeroblob(2e7)), '0', 'ab')").failure, { message: /too big/ });
  t.match(ask("SELECT length(printf('%.*c', 20000000, 'x'))").failure, { message: /too big/ });
  t.match(ask(`SELECT '${'x'.repeat(1024 * 1024)}'`).failure, { message: /too big/ });
  t.match(ask(`SELECT ${'1+'.repeat(2000)}1`).failure, { message: /too (large|deep)|depth/ });
  t.match(ask(`SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`).failure, { reason: 'sql_error' });
  t.match(ask('SELECT 1;'.repeat(101)).failure, { message: /more than 100 statements/ });
  t.strictSame(ask('SELECT 1').cells, [[1]]);
});

const failing = (how: (pulls: number) => void): Table =>
  defineTable({
    name: 'faulty',
    description: 'fails as told',
    columns: { n: integer(), s: text() },
    *generate() {
      for (let n = 0; n < 10; n += 1) {
        how(n);
        yield { n, s: 'x' };
      }
    },
  }) as unknown as Table;

t.test('a table that throws is named, and the engine stays usable', async (t) => {
  const { ask } = await openEngine([
    failing((n) => {
      if (n === 3) throw new TypeError('no such member');
    }),
  ]);
  t.match(ask('SELECT * FROM faulty').failure, {
    reason: 'table_error',
    message: 'table faulty failed: no such member',
  });
  t.strictSame(ask('SELECT n FROM faulty LIMIT 2').cells, [[0], [1]]);
});

t.test('a budget that a table used up ends the run, also when the table hides it', async (t) => {
  const thrown = failing(() => {
    throw new BudgetExceeded('paths', 10, 11);
  });
  const first = await openEngine([thrown]);
  t.match(first.ask('SELECT * FROM faulty').failure, { reason: 'limit', limit: 'paths', measured: 11 });
  let now_ms = 0;
  const slow = await openEngine([
    failing(() => {
      now_ms += 40;
    }),
  ]);
  const meter = { ...realMeter, monotonicMs: () => now_ms, cpu: () => ({ user_ms: 0, system_ms: 0 }) };
  t.match(slow.ask('SELECT * FROM faulty', { meter, budget: { wall_ms: 100 } }).failure, {
    limit: 'wall_ms',
  });
});

t.test('a scan that ends early releases its generator', async (t) => {
  let released = 0;
  const table = defineTable({
    name: 'held',
    description: 'holds something while it is read',
    columns: { n: integer() },
    *generate() {
      try {
        for (let n = 0; ; n += 1) yield { n };
      } finally {
        released += 1;
      }
    },
  });
  const { ask } = await openEngine([table as unknown as Table]);
  ask('SELECT n FROM held LIMIT 3');
  ask('SELECT n FROM held', { budget: { rows: 5 } });
  t.equal(released, 2);
});

import t from 'tap';
import { traceText } from '../../../cli/output/trace-text.ts';
import type { ExtensionRows } from '../../../protocol/host-network.ts';
import { ok } from '../../../protocol/result.ts';
import { noCost } from '../../../protocol/run.ts';
import { maxScanTraces } from '../../../protocol/scan-trace.ts';
import { defineTable, integer, text } from '../../../protocol/table.ts';
import { type Plan, planScan } from '../../../workers/engine/plan.ts';
import { ScanTraces } from '../../../workers/engine/scan-traces.ts';
import { shapeOf } from '../../../workers/engine/table-shape.ts';
import { openEngine } from '../harness.ts';
import { openNetEngine } from './net-harness.ts';

/** Meters that a table moves on while it works. */
const meters = () => {
  const used = { ms: 0, paths: 0, read_bytes: 0 };
  return { used, traces: new ScanTraces({ usage: () => used, monotonicMs: () => used.ms }) };
};

/** Numbers from 0 on; each row costs 2 ms, a path and ten bytes. */
const numbersOn = (
  used: { ms: number; paths: number; read_bytes: number },
  released: () => void = () => {},
) =>
  defineTable({
    name: 'numbers',
    description: '',
    columns: {
      number: integer({ index: true }),
      word: text(),
      list: integer({ index: true, optimized: true }),
    },
    *generate(query) {
      try {
        for (const number of query.equals('number')?.map(Number) ?? [0, 1, 2, 3]) {
          used.ms += 2;
          used.paths += 1;
          used.read_bytes += 10;
          yield { number, word: 'w', list: number };
        }
      } finally {
        released();
      }
    },
  });

t.test('a scan tells what it was told, gave and cost', async (t) => {
  const { used, traces } = meters();
  const { ask } = await openEngine([numbersOn(used)]);
  t.equal(ask('SELECT word FROM numbers WHERE number = 2', { traces }).failure, undefined);
  t.strictSame(traces.list(), [
    {
      table: 'numbers',
      constraints: 'number =',
      columns: 'number, word',
      scans: 1,
      rows: 1,
      paths: 1,
      read_bytes: 10,
      wall_ms: 2,
    },
  ]);
});

t.test('scans of one join are one entry, lists and limits have their words', async (t) => {
  const { used, traces } = meters();
  const { ask } = await openEngine([numbersOn(used)]);
  ask('SELECT a.word FROM numbers a JOIN numbers b ON b.number = a.number', { traces });
  t.match(traces.list(), [
    { constraints: '', scans: 1, rows: 4 },
    { constraints: 'number =', scans: 4, rows: 4, wall_ms: 8 },
  ]);
  const { traces: others } = meters();
  ask('SELECT word FROM numbers WHERE list IN (1, 2)', { traces: others });
  ask('SELECT word FROM numbers LIMIT 1 OFFSET 1', { traces: others });
  t.strictSame(
    others.list().map(({ constraints }) => constraints),
    ['list IN', 'OFFSET, LIMIT'],
  );
});

t.test('a scan that is left early is released as ever, and its trace is what was taken', async (t) => {
  const { used, traces } = meters();
  let released = 0;
  const { ask } = await openEngine([
    numbersOn(used, () => {
      released += 1;
    }),
  ]);
  ask("SELECT word FROM numbers WHERE word = 'w' LIMIT 2", { traces });
  t.match(traces.list(), [{ rows: 2 }]);
  t.equal(released, 1);
});

t.test('waiting for a socket counts, in both ways of giving rows', async (t) => {
  const { used, traces } = meters();
  const slow = async (): Promise<void> => {
    await Promise.resolve();
    used.ms += 5;
  };
  const table = (name: string) =>
    ({ name, description: '', columns: { a: integer() }, needs: 'net' }) as const;
  const together = defineTable({
    ...table('together'),
    generate: async () => {
      await slow();
      return [{ a: 1 }, { a: 2 }];
    },
  });
  const single = defineTable({
    ...table('single'),
    async *generate() {
      await slow();
      yield { a: 1 };
      await slow();
      yield { a: 2 };
    },
  });
  const { ask } = await openNetEngine([together, single]);
  t.equal((await ask('SELECT a FROM together', { traces })).failure, undefined);
  t.equal((await ask('SELECT a FROM single', { traces })).failure, undefined);
  t.match(traces.list(), [
    { table: 'together', rows: 2, wall_ms: 5 },
    { table: 'single', rows: 2, wall_ms: 10 },
  ]);
});

t.test('more scans than can be told are run without a trace', async (t) => {
  const { used, traces } = meters();
  const { ask } = await openEngine([numbersOn(used)]);
  const many = Array.from({ length: maxScanTraces + 5 }, () => 'SELECT 1 FROM numbers').join(' UNION ALL ');
  t.equal(ask(many, { traces }).failure, undefined);
  t.equal(traces.list().length, maxScanTraces);
});

t.test('a trace in words', async (t) => {
  const scan = {
    table: 'users',
    constraints: 'uid =',
    columns: '',
    scans: 1,
    rows: 1_234,
    paths: 1,
    read_bytes: 0,
    wall_ms: 1.25,
  };
  t.equal(
    traceText([scan], { ...noCost, rows: 2, user_ms: 1, system_ms: 0.5 }),
    [
      'users: 1 scan, 1,234 rows, 1 path, 0 bytes read, 1.3 ms',
      '  pushed down  uid =',
      '  columns      none',
      'Query: 2 rows, 0 paths, 0 bytes read, 0.0 ms, 1.5 ms of CPU time',
      '',
    ].join('\n'),
  );
  t.match(traceText([], noCost), /^No table was scanned\.\nQuery: 0 rows/);
});

t.test('rows of an extension are counted by batches, and a call that is left early is ended', async (t) => {
  const { used, traces } = meters();
  const numbers = numbersOn(used);
  const shape = shapeOf(numbers);
  const plan: Plan = planScan(shape, { offers: [], ordered: false, used: { low: 1, high: 0 } }, false);
  let ended = 0;
  async function* answer(): ExtensionRows {
    try {
      used.ms += 4;
      yield [new Map(), new Map()];
      used.ms += 4;
      yield [new Map()];
      return ok(undefined);
    } finally {
      ended += 1;
    }
  }
  const batches: number[] = [];
  for await (const batch of traces.batches(plan, shape, answer())) batches.push(batch.length);
  t.strictSame(batches, [2, 1]);
  t.match(traces.list(), [{ table: 'numbers', scans: 1, rows: 3, wall_ms: 8 }]);
  const early = traces.batches(plan, shape, answer());
  await early.next();
  await early.return(ok(undefined));
  t.equal(ended, 2);
  t.match(traces.list(), [{ scans: 2, rows: 5 }]);
});

import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { CompletedRun, Ledger, LineOptions } from '../../../platform/ledger.ts';
import type { Cell, CellRow } from '../../../protocol/cell.ts';
import { noCost } from '../../../protocol/run.ts';
import { createThreadLedger } from '../../../supervisor/ledger/thread-ledger.ts';

const entry = new URL('../../../supervisor/ledger/ledger-thread.ts', import.meta.url).pathname;
const loggers = ['filesystem'];
const spool = { lines: 0, bytes: 2 ** 30 };
const lines: LineOptions = {
  hostIdentifier: 'h1',
  eventLines: true,
  snapshotEventLines: false,
  numerics: false,
  nullvalue: '',
  epoch: 0,
  decorations: {},
  decorationsTopLevel: false,
};

const run = (rows: readonly CellRow[], change: Partial<CompletedRun> = {}): CompletedRun => ({
  name: 'q',
  sql: 'SELECT pid, name FROM processes',
  snapshot: false,
  removed: true,
  results: [
    {
      columns: [
        { name: 'pid', type: 'BIGINT' },
        { name: 'name', type: 'TEXT' },
      ],
      rowFrames: rows.map((row) => Buffer.from(`${JSON.stringify([row])}\n`)),
    },
  ],
  finished_unix_ms: 1_795_417_827_000,
  cost: { ...noCost, wall_ms: 12, user_ms: 3 },
  lines,
  ...change,
});

interface House {
  readonly directory: string;
  readonly results: string;
  readonly place: Parameters<typeof createThreadLedger>[0];
  open(): Promise<Ledger>;
}

const makeHouse = (t: Test): House => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-ledger-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const loggerPath = join(directory, 'log');
  const place = { directory, loggerPath, loggerMode: 0o600, loggers, spool, uid: process.getuid?.() ?? 0 };
  return {
    directory,
    place,
    results: join(loggerPath, 'osqueryd.results.log'),
    open: async () => {
      const ledger = createThreadLedger(place, entry);
      t.teardown(() => ledger.close());
      const opened = await ledger.open();
      if (!opened.ok) throw new Error(opened.error.message);
      return ledger;
    },
  };
};

const meta = (counter: number): string =>
  `"name":"q","hostIdentifier":"h1","calendarTime":"Mon Nov 23 07:10:27 2026 UTC","unixTime":1795417827,"epoch":0,"counter":${counter},"numerics":false`;

t.test('added and removed rows become lines, byte for byte', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  t.match(
    await ledger.commit(
      run([
        [12, 'sshd'],
        [9, 'init'],
      ]),
    ),
    { ok: true, value: { run: { added: 2, removed: 0, counter: 0 } } },
  );
  t.match(
    await ledger.commit(
      run([
        [12, 'sshd'],
        [9, 'init'],
      ]),
    ),
    { ok: true, value: { run: { lines: 0, counter: 0 } } },
  );
  t.match(
    await ledger.commit(
      run([
        [12, 'a\nb'],
        [12, 'sshd'],
      ]),
    ),
    { ok: true, value: { run: { added: 1, removed: 1, counter: 1 } } },
  );
  t.match(await ledger.deliver(), { ok: true, value: { delivered: 4, pending: 0, problem: undefined } });
  t.equal(
    readFileSync(house.results, 'utf8'),
    [
      `{${meta(0)},"columns":{"name":"sshd","pid":"12"},"action":"added"}`,
      `{${meta(0)},"columns":{"name":"init","pid":"9"},"action":"added"}`,
      `{${meta(1)},"columns":{"name":"init","pid":"9"},"action":"removed"}`,
      `{${meta(1)},"columns":{"name":"a\\\\x0Ab","pid":"12"},"action":"added"}`,
      '',
    ].join('\n'),
  );
  t.equal(statSync(house.results).mode & 0o777, 0o600);
});

t.test('batch format, numerics, removed: false, and a new epoch', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  const batch = { ...lines, eventLines: false, numerics: true };
  await ledger.commit(
    run(
      [
        [12, 'x'],
        [{ int: '9007199254740993' }, 'y'],
        [{ real: 1 }, 'z'],
        [null, 'n'],
      ],
      { lines: batch },
    ),
  );
  await ledger.commit(run([], { lines: batch, removed: false }));
  await ledger.commit(run([], { lines: { ...batch, epoch: 3 } }));
  await ledger.deliver();
  const [first, second, third] = readFileSync(house.results, 'utf8').trimEnd().split('\n');
  t.match(
    first,
    '{"diffResults":{"removed":[],"added":[{"name":"x","pid":12},{"name":"y","pid":9007199254740993},{"name":"z","pid":1.0},{"name":"n","pid":""}]},"name":"q"',
  );
  t.match(second, '{"diffResults":{"removed":[],"added":[]}', 'counter 0 of the new epoch is still told');
  t.match(second, '"epoch":3,"counter":0');
  t.equal(third, undefined, 'rows that left are not told with removed: false');
});

t.test('rows of several statements: each with its own columns, compared and told apart', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  const of = (...names: string[]) => names.map((name) => ({ name, type: 'TEXT' as const }));
  const results = (first: readonly CellRow[], second: readonly CellRow[]) =>
    [
      { columns: of('c', 'b'), rows: first },
      { columns: of('c'), rows: [] },
      { columns: of('a'), rows: second },
    ].map(({ columns, rows }) => ({ columns, rowFrames: [Buffer.from(`${JSON.stringify(rows)}\n`)] }));
  const commit = async (...parts: Parameters<typeof results>) =>
    ledger.commit({ ...run([]), results: results(...parts) });
  const committed = await commit([['x', null]], [['1'], ['2']]);
  // Names and values: `b`, `c` and `x` once, `a` twice, `1` and `2`.
  t.match(committed, { value: { run: { rows: 3, added: 3 }, performance: { output_size_bytes: 7 } } });
  t.match(await commit([['x', null]], [['2'], ['1']]), { value: { run: { lines: 0 } } });
  t.match(await commit([], []), { value: { run: { removed: 3, counter: 1 } } });
  await ledger.deliver();
  const lines = readFileSync(house.results, 'utf8').trimEnd().split('\n');
  t.strictSame(
    lines.map((line) => /"columns":.*/.exec(line)?.[0]),
    [
      '"columns":{"b":"","c":"x"},"action":"added"}',
      '"columns":{"a":"1"},"action":"added"}',
      '"columns":{"a":"2"},"action":"added"}',
      '"columns":{"a":"1"},"action":"removed"}',
      '"columns":{"a":"2"},"action":"removed"}',
      '"columns":{"b":"","c":"x"},"action":"removed"}',
    ],
    'rows that left are in the order of their columns',
  );
  await ledger.commit({ ...run([], { snapshot: true }), results: results([['x', 'y']], [['1']]) });
  await ledger.deliver();
  const snapshots = readFileSync(join(house.place.loggerPath, 'osqueryd.snapshots.log'), 'utf8');
  t.match(snapshots, '"snapshot":[{"b":"y","c":"x"},{"a":"1"}]');
});

t.test('NULL is what --nullvalue says', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  for (const [nullvalue, numerics] of [
    ['NULL', false],
    ['"', true],
    ['0', true],
  ] as const)
    await ledger.commit(run([[null, 'n']], { snapshot: true, lines: { ...lines, nullvalue, numerics } }));
  await ledger.deliver();
  const text = readFileSync(join(house.place.loggerPath, 'osqueryd.snapshots.log'), 'utf8');
  t.strictSame(
    [...text.matchAll(/"pid":("(?:[^"\\]|\\.)*"|[^}]*)/g)].map(([, pid]) => pid),
    ['"NULL"', '"\\""', '"0"'],
    'a text, also with numerics',
  );
});

t.test('NULL in place of the text that stands for it is no change', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  const changes = async (pid: Cell, nullvalue: string): Promise<number> => {
    const committed = await ledger.commit(run([[pid, 'n']], { lines: { ...lines, nullvalue } }));
    if (!committed.ok) throw new Error(committed.error.message);
    return committed.value.run.added + committed.value.run.removed;
  };
  t.equal(await changes(null, ''), 1, 'the first row');
  t.equal(await changes('', ''), 0);
  t.equal(await changes(null, ''), 0);
  t.equal(await changes(null, 'NULL'), 2, 'it reads otherwise now');
  t.equal(await changes('', 'NULL'), 2);
});

t.test('a snapshot is one line a run, also when it is empty, and is not escaped', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  await ledger.commit(run([[1, 'a\tb']], { snapshot: true }));
  await ledger.commit(run([], { snapshot: true }));
  await ledger.deliver();
  const text = readFileSync(join(house.place.loggerPath, 'osqueryd.snapshots.log'), 'utf8');
  t.equal(
    text,
    `{"snapshot":[{"name":"a\\tb","pid":"1"}],"action":"snapshot",${meta(0)}}\n{"snapshot":[],"action":"snapshot",${meta(0)}}\n`,
  );
});

t.test('what was written but not acknowledged is not written twice; a torn line is completed', async (t) => {
  const house = makeHouse(t);
  const first = await house.open();
  await first.commit(run([[1, 'one']]));
  await first.deliver();
  await first.commit(
    run([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]),
  );
  await first.close();
  const two = `{${meta(1)},"columns":{"name":"two","pid":"2"},"action":"added"}`;
  const three = `{${meta(1)},"columns":{"name":"three","pid":"3"},"action":"added"}`;
  appendFileSync(house.results, `${two}\n${three.slice(0, 40)}`);
  const second = await house.open();
  t.match(await second.deliver(), { ok: true, value: { delivered: 2, pending: 0, notices: [] } });
  t.strictSame(readFileSync(house.results, 'utf8').trimEnd().split('\n').slice(1), [two, three]);
});

t.test('a log that was rotated away is found by its inode', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  await ledger.commit(run([[1, 'one']]));
  await ledger.deliver();
  renameSync(house.results, `${house.results}.old`);
  await ledger.commit(
    run([
      [1, 'one'],
      [2, 'two'],
    ]),
  );
  t.match(await ledger.deliver(), { ok: true, value: { delivered: 1, notices: [] } });
  t.equal(readFileSync(`${house.results}.old`, 'utf8').split('\n').length, 2);
  t.match(readFileSync(house.results, 'utf8'), '"pid":"2"');
  rmSync(house.results);
  rmSync(`${house.results}.old`);
  await ledger.commit(run([[1, 'one']]));
  t.match(await ledger.deliver(), { ok: true, value: { delivered: 1, notices: [/deleted/] } });
});

t.test('somebody else wrote into the log, or cut it: it is said, and our lines go on', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  await ledger.commit(run([[1, 'one']]));
  await ledger.deliver();
  appendFileSync(house.results, 'a foreign line\n');
  await ledger.commit(run([[2, 'two']]));
  t.match(await ledger.deliver(), { ok: true, value: { delivered: 2, notices: [/did not write/] } });
  writeFileSync(house.results, '');
  await ledger.commit(run([[3, 'three']]));
  t.match(await ledger.deliver(), { ok: true, value: { delivered: 2, notices: [/cut short/] } });
  t.equal(readFileSync(house.results, 'utf8').trimEnd().split('\n').length, 2);
});

t.test('statistics follow osquery: sums, positive deltas, anew when the SQL changes', async (t) => {
  const house = makeHouse(t);
  const ledger = await house.open();
  const cost = { ...noCost, wall_ms: 10, user_ms: 4, memory_bytes: 1000 };
  await ledger.commit(run([[1, 'ab']], { cost }));
  const second = await ledger.commit(run([[1, 'ab']], { cost: { ...cost, user_ms: 0, memory_bytes: 3000 } }));
  t.match(second, {
    ok: true,
    value: {
      performance: {
        executions: 2,
        wall_time_ms: 20,
        user_time_ms: 4,
        last_user_time_ms: 4,
        average_memory_bytes: 2000,
        last_memory_bytes: 3000,
        output_size_bytes: 2 * (7 + 8 + 2),
      },
    },
  });
  const changed = await ledger.commit(run([[1, 'ab']], { cost, sql: 'SELECT 1' }));
  t.match(changed, { ok: true, value: { performance: { executions: 1 } } });
});

t.test(
  'a store thread that is missing or dies is a failure that can be told, and the next one works',
  async (t) => {
    const house = makeHouse(t);
    const missing = createThreadLedger(house.place, join(house.directory, 'missing.ts'));
    t.teardown(() => missing.close());
    t.match(await missing.open(), {
      ok: false,
      error: { reason: 'io', message: /the store thread failed: .*missing/ },
    });

    const flag = join(house.directory, 'die');
    const mortal = join(house.directory, 'mortal.mjs');
    writeFileSync(flag, '');
    writeFileSync(
      mortal,
      `import { existsSync } from 'node:fs';
     import run from ${JSON.stringify(entry)};
     export default (work) => (existsSync(${JSON.stringify(flag)}) ? process.exit(3) : run(work));`,
    );
    const ledger = createThreadLedger(house.place, mortal);
    t.teardown(() => ledger.close());
    t.match(await ledger.open(), { ok: false, error: { reason: 'io', message: /the store thread failed/ } });
    rmSync(flag);
    t.match(await ledger.open(), { ok: true });
  },
);

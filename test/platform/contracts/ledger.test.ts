import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { CompletedRun, Ledger } from '../../../platform/ledger.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { noCost } from '../../../protocol/run.ts';
import { createThreadLedger } from '../../../supervisor/ledger/thread-ledger.ts';
import { logDirectory, SimulatedDisk } from '../../simulation/simulated-disk.ts';
import { simulatedLedger } from '../../simulation/simulated-ledger.ts';

const entry = new URL('../../../supervisor/ledger/ledger-thread.ts', import.meta.url).pathname;

const loggers = ['filesystem', 'remote'];
const spool = { lines: 6, bytes: 2 ** 30 };

/** A ledger, how its time passes, and what stands in its log of results. */
interface Subject {
  readonly ledger: Ledger;
  after<T>(done: Promise<T>): Promise<T>;
  logged(): readonly string[];
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const simulated = (): Subject => {
  const clock = new SimulatedClock();
  const random = seededRandom(1);
  const disk = new SimulatedDisk(random);
  const holder = { isDead: false, die: () => undefined };
  const ledger = simulatedLedger({
    clock,
    random,
    store: disk.resultsOf(holder),
    files: disk.logsOf(holder),
    longestTask_ms: 30,
    loggers,
    spool,
    committed: () => undefined,
    retained: () => undefined,
  });
  const after = async <T>(done: Promise<T>): Promise<T> => {
    await clock.advance(1_000);
    return done;
  };
  return { ledger, after, logged: () => linesOf(disk.logs.text(`${logDirectory}/osqueryd.results.log`)) };
};

const onThread = (t: Test): Subject => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-ledger-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const loggerPath = join(directory, 'log');
  const place = { directory, loggerPath, loggerMode: 0o600, loggers, spool, uid: process.getuid?.() ?? 0 };
  const ledger = createThreadLedger(place, entry);
  const path = join(loggerPath, 'osqueryd.results.log');
  return {
    ledger,
    after: (done) => done,
    logged: () => (existsSync(path) ? linesOf(readFileSync(path, 'utf8')) : []),
  };
};

const run = (name: string, rows: readonly number[]): CompletedRun => ({
  name,
  sql: `SELECT ${name}`,
  snapshot: false,
  removed: true,
  results: [
    {
      columns: [{ name: 'n', type: 'INTEGER' }],
      rowFrames: rows.map((row) => Buffer.from(`${JSON.stringify([[row]])}\n`)),
    },
  ],
  finished_unix_ms: 1_795_417_827_000,
  cost: noCost,
  lines: {
    hostIdentifier: 'h',
    eventLines: true,
    snapshotEventLines: false,
    numerics: true,
    nullvalue: '',
    epoch: 0,
    decorations: {},
    decorationsTopLevel: false,
  },
});

interface LoggedLine {
  readonly name: string;
  readonly counter: number;
  readonly action: string;
  readonly columns: { readonly n: number };
}

const told = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => {
    const { name, counter, action, columns } = JSON.parse(line) as LoggedLine;
    return `${name} ${counter} ${action} ${columns.n}`;
  });

for (const [name, make] of Object.entries({
  'the simulated ledger': simulated,
  'the store thread': onThread,
})) {
  t.test(`${name} compares, spools, delivers, and forgets what left the config`, async (t) => {
    const { ledger, after, logged } = make(t);
    t.match(await after(ledger.open()), { ok: true, value: { notices: [], performance: [] } });
    t.match(await after(ledger.commit(run('a', [1, 2]))), {
      ok: true,
      value: { run: { rows: 2, added: 2, removed: 0, lines: 2, counter: 0 }, performance: { executions: 1 } },
    });
    t.strictSame(logged(), [], 'nothing is in the log before it is delivered');
    // Asked for side by side, done one after another.
    const both = Promise.all([ledger.commit(run('a', [2, 3])), ledger.commit(run('b', []))]);
    t.match(await after(both), [
      { ok: true, value: { run: { added: 1, removed: 1, counter: 1 } } },
      { ok: true, value: { run: { added: 0, removed: 0, lines: 0 } } },
    ]);
    t.match(await after(ledger.deliver()), {
      ok: true,
      value: { delivered: 4, pending: 4, problem: undefined, notices: [] },
    });
    t.strictSame(told(logged()), ['a 0 added 1', 'a 0 added 2', 'a 1 removed 1', 'a 1 added 3']);
    t.match(await after(ledger.retain(['b'])), { ok: true });
    t.match(await after(ledger.commit(run('a', [3]))), { ok: true, value: { run: { counter: 0 } } });
    await after(ledger.close());
  });

  t.test(`${name} hands a logger plugin its lines until it has them`, async (t) => {
    const { ledger, after } = make(t);
    await after(ledger.commit(run('a', [1, 2])));
    await after(ledger.append('snapshots', ['from an extension']));
    const take = async (lastId?: number): Promise<readonly string[]> => {
      const taken = await after(ledger.take('remote', lastId));
      if (!taken.ok) throw new Error(taken.error.message);
      return taken.value.lines.map(({ id, log, line }) => `${id} ${log} ${String(line).slice(0, 12)}`);
    };
    const first = ['1 results {"name":"a",', '2 results {"name":"a",', '3 snapshots from an exte'];
    t.strictSame(await take(), first);
    t.match(await after(ledger.deliver()), { ok: true, value: { delivered: 3, pending: 3 } });
    t.strictSame(await take(), first, 'until it says that it has them');
    t.strictSame(await take(1), first.slice(1));
    t.match(await after(ledger.take('remote', 3)), { ok: true, value: { lines: [], pending: 0 } });
    await after(ledger.close());
  });

  t.test(`${name} drops the oldest lines of a logger that is away for too long, and says so`, async (t) => {
    const { ledger, after, logged } = make(t);
    await after(ledger.commit(run('a', [1, 2, 3, 4, 5, 6, 7])));
    t.match(await after(ledger.deliver()), {
      ok: true,
      value: {
        delivered: 7,
        pending: 5,
        notices: [/^2 lines waited for logger 'remote', the oldest of too many: .*buffered_log_max is 6/],
      },
    });
    t.equal(logged().length, 7, 'the file has all');
    t.match(await after(ledger.take('remote', undefined)), { ok: true, value: { lines: [{ id: 3 }] } });
    await after(ledger.close());
  });

  t.test(`${name} hands out long lines as bytes, and too long ones to files alone`, async (t) => {
    const { ledger, after } = make(t);
    const long = 'ä'.repeat(200 * 1024);
    await after(ledger.append('results', ['x'.repeat(4 * 2 ** 20 + 1), 'short', long]));
    const first = await after(ledger.take('remote', undefined));
    t.match(first, { ok: true, value: { lines: [{ line: 'short' }], tooLong: 1 } });
    const second = await after(ledger.take('remote', 2));
    if (!second.ok) throw new Error(second.error.message);
    const [line] = second.value.lines;
    t.ok(line?.line instanceof Uint8Array);
    t.equal(Buffer.from(line?.line ?? '').toString(), long);
    t.equal(second.value.pending, 3, 'files have none of them yet');
    await after(ledger.close());
  });
}

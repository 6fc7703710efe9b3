import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { openResultsStore } from '../../../platform/node/results-database.ts';
import type { ResultsStore, StoredBaseline } from '../../../platform/results-store.ts';
import { fileSink, spoolSinks } from '../../../supervisor/ledger/loggers.ts';
import { noPerformance } from '../../../supervisor/ledger/performance.ts';
import { SimulatedResultsStore } from '../../simulation/simulated-results-store.ts';

const onDisk = (t: Test): ResultsStore => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-results-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const opened = openResultsStore(directory, { now_unix_ms: 0 });
  if (!opened.ok) throw new Error(opened.error.message);
  t.teardown(() => opened.value.store.close());
  return opened.value.store;
};

const subjects: Readonly<Record<string, (t: Test) => ResultsStore>> = {
  'the simulated store': () => new SimulatedResultsStore(),
  'results.db': onDisk,
};

/** One that takes the lines of one log, and one that takes all. */
const sinks = [
  { name: 'files', logs: ['results'] },
  { name: 'all', logs: ['results', 'snapshots'] },
] as const;
const boundless = { lines: 0, bytes: Number.MAX_SAFE_INTEGER };

const served = (store: ResultsStore): ResultsStore => {
  store.serve(sinks);
  return store;
};

const baseline = (counter: number, rows: string | undefined): StoredBaseline => ({
  sql: 'SELECT 1',
  epoch: 1,
  counter,
  rows,
  performance: { ...noPerformance('q'), executions: counter },
});
const linesOf = (store: ResultsStore, most_bytes = 1_000_000, sink = 'files'): readonly string[] =>
  store.head(sink, most_bytes).map(({ line }) => line);
const ofAll = (store: ResultsStore): readonly string[] => linesOf(store, 1_000_000, 'all');
const acknowledgeLines = (store: ResultsStore, sink: string, lines: number): void =>
  store.acknowledge(sink, store.head(sink, 1_000_000)[lines - 1]?.id);

for (const [name, make] of Object.entries(subjects)) {
  t.test(`${name} replaces baselines, and tells that there is none`, async (t) => {
    const store = served(make(t));
    t.equal(store.baseline('q'), undefined);
    store.commit('q', baseline(1, undefined), 'snapshots', []);
    t.strictSame(store.baseline('q'), baseline(1, undefined));
    store.commit('q', baseline(2, 'ä\n{}'), 'results', []);
    t.strictSame(store.baseline('q'), baseline(2, 'ä\n{}'));
    t.strictSame(store.performance(), [{ ...noPerformance('q'), executions: 2 }]);
  });

  t.test(
    `${name} hands out the lines of each log in their order, bounded in bytes, one at least`,
    async (t) => {
      const store = served(make(t));
      store.commit('q', baseline(1, ''), 'results', ['one', 'äö']);
      store.commit('p', baseline(1, ''), 'snapshots', ['of the other log']);
      store.commit('q', baseline(2, ''), 'results', ['three']);
      t.equal(store.waiting(), 4);
      t.strictSame(linesOf(store), ['one', 'äö', 'three']);
      t.strictSame(linesOf(store, 1), ['one'], 'one, although it is longer');
      t.strictSame(linesOf(store, 8), ['one'], 'umlauts are two bytes');
      t.strictSame(linesOf(store, 9), ['one', 'äö'], 'each line with its newline');
      const ids = store.head('files', 1_000_000).map(({ id }) => id);
      t.ok(ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0)));
    },
  );

  t.test(`${name} takes off what was acknowledged, and keeps the position with it`, async (t) => {
    const store = served(make(t));
    const position = { device: '1', inode: '18446744073709551615', offset_bytes: 4 };
    t.equal(store.position('files'), undefined);
    store.commit('q', baseline(1, ''), 'results', ['one', 'two', 'three']);
    store.acknowledge('files', store.head('files', 1_000)[1]?.id, position);
    t.strictSame(linesOf(store), ['three']);
    t.strictSame(store.position('files'), position);
    store.acknowledge('files', undefined, { ...position, offset_bytes: 9 });
    t.strictSame(linesOf(store), ['three'], 'a position alone acknowledges nothing');
    t.equal(store.position('files')?.offset_bytes, 9);
    t.equal(store.position('all'), undefined);
    const last = store.head('files', 1_000)[0]?.id ?? 0;
    store.acknowledge('files', last, position);
    store.commit('q', baseline(2, ''), 'results', ['four']);
    t.ok((store.head('files', 1_000)[0]?.id ?? 0) > last, 'no identifier comes again');
  });

  t.test(`${name} forgets queries, but none of their lines`, async (t) => {
    const store = served(make(t));
    store.commit('q', baseline(1, ''), 'results', ['one']);
    store.commit('p', baseline(1, ''), 'results', ['two']);
    store.retain(['p', 'never seen']);
    t.equal(store.baseline('q'), undefined);
    t.not(store.baseline('p'), undefined);
    t.strictSame(linesOf(store), ['one', 'two']);
  });

  t.test(`${name} lets every sink go at its own pace, in one order over its logs`, async (t) => {
    const store = served(make(t));
    store.commit('q', baseline(1, ''), 'results', ['one']);
    store.append('snapshots', ['two']);
    store.commit('q', baseline(2, ''), 'results', ['three']);
    t.strictSame(ofAll(store), ['one', 'two', 'three']);
    t.strictSame(
      store.head('all', 1_000).map(({ log }) => log),
      ['results', 'snapshots', 'results'],
    );
    acknowledgeLines(store, 'files', 2);
    t.strictSame(linesOf(store), []);
    t.strictSame(ofAll(store), ['one', 'two', 'three'], 'what one has the other still gets');
    t.equal(store.waiting(), 3);
    acknowledgeLines(store, 'all', 2);
    t.strictSame(ofAll(store), ['three']);
    t.equal(store.waiting(), 1, 'what all have is gone');
    t.strictSame(store.head('nobody', 1_000), []);
  });

  t.test(
    `${name} drops what waited for a sink that is gone, says so, and spools for takers only`,
    async (t) => {
      const store = served(make(t));
      store.append('results', ['one', 'two']);
      store.append('snapshots', ['three']);
      acknowledgeLines(store, 'all', 1);
      t.strictSame(store.serve([sinks[0]]), [{ sink: 'all', lines: 2 }]);
      t.strictSame(linesOf(store), ['one', 'two']);
      store.append('snapshots', ['four']);
      t.equal(store.waiting(), 2);
      t.strictSame(store.serve(sinks), []);
      t.strictSame(ofAll(store), [], 'a new one gets what comes from now on');
      store.append('results', ['five']);
      t.strictSame(ofAll(store), ['five']);
      t.strictSame(linesOf(store), ['one', 'two', 'five']);
    },
  );

  t.test(`${name} bounds what waits, the oldest first, and tells what that cost whom`, async (t) => {
    const store = served(make(t));
    store.append(
      'results',
      Array.from({ length: 20 }, (_, index) => `line ${index}`),
    );
    acknowledgeLines(store, 'files', 15);
    t.strictSame(store.trim(boundless), []);
    t.strictSame(store.trim({ lines: 20, bytes: 1_000 }), []);
    t.strictSame(store.trim({ lines: 10, bytes: 1_000 }), [{ sink: 'all', lines: 11 }]);
    t.strictSame([ofAll(store).length, ofAll(store)[0]], [9, 'line 11'], 'nine tenths are left');
    t.strictSame(linesOf(store)[0], 'line 15', 'who keeps up loses nothing');
    t.equal(store.waiting(), 9);
    t.strictSame(store.trim({ lines: 0, bytes: 28 }), [
      { sink: 'files', lines: 2 },
      { sink: 'all', lines: 6 },
    ]);
    t.strictSame(linesOf(store), ['line 17', 'line 18', 'line 19']);
  });
}

t.test('a results.db of before there were sinks goes on where its files are', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-results-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const old = new Database(join(directory, 'results.db'));
  old.exec(`
    CREATE TABLE queries (
      name TEXT PRIMARY KEY, sql TEXT NOT NULL, epoch INTEGER NOT NULL, counter INTEGER NOT NULL,
      performance TEXT NOT NULL, rows TEXT
    ) WITHOUT ROWID;
    CREATE TABLE spool (id INTEGER PRIMARY KEY AUTOINCREMENT, log TEXT NOT NULL, line TEXT NOT NULL);
    CREATE INDEX spool_by_log ON spool (log, id);
    CREATE TABLE positions (
      log TEXT PRIMARY KEY, device TEXT NOT NULL, inode TEXT NOT NULL, offset_bytes INTEGER NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO spool (log, line) VALUES ('results', 'one'), ('snapshots', 'two');
    INSERT INTO positions VALUES ('results', '1', '2', 3);
    PRAGMA user_version = 1;`);
  old.close();
  const opened = openResultsStore(directory, { now_unix_ms: 0 });
  if (!opened.ok) throw new Error(opened.error.message);
  const { store } = opened.value;
  t.strictSame(store.serve(spoolSinks(['filesystem', 'new'])), []);
  t.strictSame(linesOf(store, 1_000, fileSink('results')), ['one']);
  t.strictSame(linesOf(store, 1_000, fileSink('snapshots')), ['two']);
  t.strictSame(store.position(fileSink('results')), { device: '1', inode: '2', offset_bytes: 3 });
  t.equal(store.waiting(), 2);
  acknowledgeLines(store, fileSink('results'), 1);
  t.equal(store.waiting(), 1, 'a logger that is new does not get old lines');
  store.close();
});

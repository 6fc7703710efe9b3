import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openResultsStore } from '../../../platform/node/results-database.ts';
import type { ResultsStore, StoredBaseline } from '../../../platform/results-store.ts';
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

const baseline = (counter: number, rows: string | undefined): StoredBaseline => ({
  sql: 'SELECT 1',
  epoch: 1,
  counter,
  rows,
  performance: { ...noPerformance('q'), executions: counter },
});
const linesOf = (store: ResultsStore, most_bytes = 1_000_000): readonly string[] =>
  store.head('results', most_bytes).map(({ line }) => line);

for (const [name, make] of Object.entries(subjects)) {
  t.test(`${name} replaces baselines, and tells that there is none`, async (t) => {
    const store = make(t);
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
      const store = make(t);
      store.commit('q', baseline(1, ''), 'results', ['one', 'äö']);
      store.commit('p', baseline(1, ''), 'snapshots', ['of the other log']);
      store.commit('q', baseline(2, ''), 'results', ['three']);
      t.equal(store.waiting(), 4);
      t.strictSame(linesOf(store), ['one', 'äö', 'three']);
      t.strictSame(linesOf(store, 1), ['one'], 'one, although it is longer');
      t.strictSame(linesOf(store, 8), ['one'], 'umlauts are two bytes');
      t.strictSame(linesOf(store, 9), ['one', 'äö'], 'each line with its newline');
      const ids = store.head('results', 1_000_000).map(({ id }) => id);
      t.ok(ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0)));
    },
  );

  t.test(`${name} takes off what was acknowledged, and keeps the position with it`, async (t) => {
    const store = make(t);
    const position = { device: '1', inode: '18446744073709551615', offset_bytes: 4 };
    t.equal(store.position('results'), undefined);
    store.commit('q', baseline(1, ''), 'results', ['one', 'two', 'three']);
    store.acknowledge('results', store.head('results', 1_000)[1]?.id, position);
    t.strictSame(linesOf(store), ['three']);
    t.strictSame(store.position('results'), position);
    store.acknowledge('results', undefined, { ...position, offset_bytes: 9 });
    t.strictSame(linesOf(store), ['three'], 'a position alone acknowledges nothing');
    t.equal(store.position('results')?.offset_bytes, 9);
    t.equal(store.position('snapshots'), undefined);
    const last = store.head('results', 1_000)[0]?.id ?? 0;
    store.acknowledge('results', last, position);
    store.commit('q', baseline(2, ''), 'results', ['four']);
    t.ok((store.head('results', 1_000)[0]?.id ?? 0) > last, 'no identifier comes again');
  });

  t.test(`${name} forgets queries, but none of their lines`, async (t) => {
    const store = make(t);
    store.commit('q', baseline(1, ''), 'results', ['one']);
    store.commit('p', baseline(1, ''), 'results', ['two']);
    store.retain(['p', 'never seen']);
    t.equal(store.baseline('q'), undefined);
    t.not(store.baseline('p'), undefined);
    t.strictSame(linesOf(store), ['one', 'two']);
  });
}

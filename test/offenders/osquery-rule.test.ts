import t from 'tap';
import type { Demand, DemandPoint } from './demand.ts';
import { osqueryLife } from './osquery-life.ts';
import {
  check,
  checkEvery_ms,
  firstWorker,
  nextWorker,
  type OsqueryLimits,
  osqueryNormal,
  type WatcherState,
  type WorkerReading,
} from './osquery-rule.ts';

const mebibyte = 2 ** 20;
const idle: WorkerReading = { cpu_ms: 0, rss_bytes: 50 * mebibyte };

/** Checks of a worker that uses so much CPU time in each interval; the numbers of those that stop it, from 1. */
const stopsAt = (
  limits: OsqueryLimits,
  perCheck_ms: (index: number) => number,
  state: WatcherState,
  checks = 40,
): number[] => {
  const stops: number[] = [];
  let now = state;
  let cpu_ms = 0;
  for (let index = 1; index <= checks; index += 1) {
    cpu_ms += perCheck_ms(index);
    const checked = check(limits, now, { ...idle, cpu_ms }, index * checkEvery_ms);
    now = checked.state;
    if (checked.stop === 'cpu') stops.push(index);
  }
  return stops;
};

const oldWorker = firstWorker(-100_000);

t.test('four checks in a row over the share of all cores stop the worker; a pause starts anew', async (t) => {
  const limits = osqueryNormal(4);
  t.equal(stopsAt(limits, () => 1_201, oldWorker)[0], 4, '12 s after it began');
  t.strictSame(
    stopsAt(limits, () => 1_200, oldWorker),
    [],
    'exactly the limit is none over it',
  );
  t.strictSame(
    stopsAt(limits, (index) => (index % 4 === 0 ? 0 : 12_000), oldWorker),
    [],
    'three busy checks and one idle one, for ever',
  );
});

t.test('from ten cores on one busy thread is never seen', async (t) => {
  const oneThread = (): number => checkEvery_ms;
  t.equal(stopsAt(osqueryNormal(9), oneThread, oldWorker)[0], 4);
  t.strictSame(stopsAt(osqueryNormal(10), oneThread, oldWorker), []);
  t.strictSame(stopsAt(osqueryNormal(16), oneThread, oldWorker), []);
});

t.test('nothing is stopped in the first 60 s, though it is counted', async (t) => {
  t.equal(stopsAt(osqueryNormal(1), () => checkEvery_ms, firstWorker(0))[0], 20, 'at 60 s, at once');
  const early = check(osqueryNormal(1), firstWorker(0), idle, 3_000).state;
  const grown = { cpu_ms: 0, rss_bytes: 1_000 * mebibyte };
  t.equal(check(osqueryNormal(1), early, grown, 6_000).stop, undefined);
  t.equal(check(osqueryNormal(1), early, grown, 60_000).stop, 'memory');
});

t.test('the first check counts all of the time since the start', async (t) => {
  const { state } = check(osqueryNormal(1), oldWorker, { ...idle, cpu_ms: 5_000 }, 0);
  t.equal(state.over, 1);
});

t.test('memory is growth over the first worker, even for later ones', async (t) => {
  const limits = osqueryNormal(2);
  const first = check(limits, oldWorker, idle, 0).state;
  const at = (mb: number): WorkerReading => ({ cpu_ms: 0, rss_bytes: mb * mebibyte });
  t.equal(check(limits, first, at(250), 3_000).stop, undefined, 'strictly more than 200');
  t.equal(check(limits, first, at(251), 3_000).stop, 'memory');
  t.equal(check(limits, first, at(10), 3_000).stop, undefined, 'shrinking is no growth');
  const later = nextWorker(first, 3_000);
  t.equal(later.baseline_bytes, 50 * mebibyte);
  t.equal(later.workerStart_ms, 3_000, 'the delay begins anew');
});

t.test('CPU is looked at before memory', async (t) => {
  const state = { ...oldWorker, over: 3, baseline_bytes: 0 };
  const both = { cpu_ms: 3_000, rss_bytes: 300 * mebibyte };
  t.equal(check(osqueryNormal(1), state, both, 3_000).stop, 'cpu');
  t.equal(check(osqueryNormal(16), state, both, 3_000).stop, 'memory');
});

const demand = (name: string, guilty: boolean, points: readonly DemandPoint[], kept_mb = 0): Demand => ({
  name,
  kind: name,
  guilty,
  points: [{ at_ms: 0, cpu_ms: 0, growth_bytes: 0 }, ...points],
  after: 'ends',
  kept_bytes: kept_mb * mebibyte,
  uninterruptible: false,
});

const innocent = demand('innocent', false, [{ at_ms: 4_000, cpu_ms: 100, growth_bytes: 0 }]);

t.test('memory that a query left is blamed on the one after it', async (t) => {
  const hog = demand('hog', true, [{ at_ms: 1_000, cpu_ms: 500, growth_bytes: 300 * mebibyte }], 300);
  const starts = [
    { at_ms: 3_100, demand: hog },
    { at_ms: 3_200, demand: innocent },
  ];
  const { outcomes, stops, wrongBlames } = osqueryLife({ cores: 2, upSince_ms: 100_000, starts });
  t.match(outcomes, [{ stopped: false }, { stopped: true }]);
  t.equal(stops, 1);
  t.equal(wrongBlames, 1);
});

t.test('CPU time of one query stops the worker in the middle of the next', async (t) => {
  const busy = demand('busy', true, [{ at_ms: 11_500, cpu_ms: 11_500, growth_bytes: 0 }]);
  const light = demand('light', false, [{ at_ms: 5_000, cpu_ms: 2_000, growth_bytes: 0 }]);
  const starts = [
    { at_ms: 100, demand: busy },
    { at_ms: 200, demand: light },
  ];
  const { outcomes, wrongBlames } = osqueryLife({ cores: 1, upSince_ms: 100_000, starts });
  t.match(outcomes, [{ stopped: false }, { stopped: true }]);
  t.equal(wrongBlames, 1);
});

t.test('when no query runs at the stop, none is blamed', async (t) => {
  const hog = demand('hog', true, [{ at_ms: 1_000, cpu_ms: 500, growth_bytes: 300 * mebibyte }], 300);
  const life = { cores: 2, upSince_ms: 100_000, starts: [{ at_ms: 100, demand: hog }] };
  const { outcomes, stops, wrongBlames } = osqueryLife(life);
  t.match(outcomes, [{ stopped: false }]);
  t.equal(stops, 1);
  t.equal(wrongBlames, 1);
});

t.test('the query that runs at the stop is stopped, and the next one runs in a new worker', async (t) => {
  const endless: Demand = {
    ...demand('endless', true, [{ at_ms: 1_000, cpu_ms: 1_000, growth_bytes: 0 }]),
    after: 'goes_on',
  };
  const starts = [
    { at_ms: 100, demand: endless },
    { at_ms: 200, demand: innocent },
  ];
  const { outcomes, wrongBlames } = osqueryLife({ cores: 2, upSince_ms: 100_000, starts });
  t.match(outcomes, [
    { ran: true, stopped: true },
    { ran: true, stopped: false },
  ]);
  t.equal(wrongBlames, 0);
});

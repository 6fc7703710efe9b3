import fc from 'fast-check';
import t from 'tap';
import { decideStart, deferLimit_ms, type StartFacts } from '../../policies/host-pressure.ts';
import type { HostPressure } from '../../protocol/host-pressure.ts';

const gib = 2 ** 30;
const calm: HostPressure = {
  cpuSome_percent: 1,
  ioSome_percent: 1,
  loadPerCore: 0.5,
  memoryAvailable_bytes: 4 * gib,
  memoryTotal_bytes: 8 * gib,
  battery_percent: undefined,
};
const start = (deferred_ms: number, interval_ms: number, weAreBusy = false): StartFacts => ({
  deferred_ms,
  interval_ms,
  weAreBusy,
  mayDefer: true,
});
const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;

const percent = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined });
const anyHost: fc.Arbitrary<HostPressure> = fc.record({
  cpuSome_percent: percent,
  ioSome_percent: percent,
  loadPerCore: fc.double({ min: 0, max: 100, noNaN: true }),
  memoryAvailable_bytes: fc.nat(8 * gib),
  memoryTotal_bytes: fc.constant(8 * gib),
  battery_percent: percent,
});
const interval = fc.integer({ min: 1_000, max: 24 * hour_ms });

t.test('a calm host lets every query run', async (t) => {
  t.same(decideStart(calm, start(0, hour_ms)), { kind: 'run' });
  const silent = { ...calm, cpuSome_percent: undefined, ioSome_percent: undefined };
  t.same(decideStart(silent, start(0, hour_ms)), { kind: 'run' }, 'also one without PSI');
});

t.test('a query is put off for a bounded time, whatever the host does', async (t) => {
  fc.assert(
    fc.property(interval, fc.infiniteStream(anyHost), (interval_ms, hosts) => {
      let deferred_ms = 0;
      for (const host of hosts) {
        const decision = decideStart(host, start(deferred_ms, interval_ms));
        if (decision.kind !== 'defer') break;
        if (decision.for_ms <= 0) return false;
        deferred_ms += decision.for_ms;
      }
      return deferred_ms <= Math.min(minute_ms, interval_ms / 2);
    }),
  );
  t.equal(deferLimit_ms(10_000), 5_000);
  t.equal(deferLimit_ms(24 * hour_ms), minute_ms);
});

t.test('busy CPUs and disks put a query off, then it runs', async (t) => {
  for (const [host, reason] of [
    [{ ...calm, cpuSome_percent: 50 }, 'cpu'],
    [{ ...calm, ioSome_percent: 50 }, 'io'],
    [{ ...calm, cpuSome_percent: undefined, ioSome_percent: undefined, loadPerCore: 4 }, 'load'],
  ] as const) {
    t.same(decideStart(host, start(0, hour_ms)), { kind: 'defer', reason, for_ms: 5_000 });
    t.same(decideStart(host, start(minute_ms - 1, hour_ms)), { kind: 'defer', reason, for_ms: 1 });
    t.same(decideStart(host, start(minute_ms, hour_ms)), { kind: 'run' });
  }
  t.same(
    decideStart({ ...calm, loadPerCore: 90 }, start(0, hour_ms)),
    { kind: 'run' },
    'PSI knows better than load',
  );
});

t.test(
  'where starts must come on time, busy CPUs and disks put nothing off; scarce memory still does',
  async (t) => {
    const onTime = { ...start(0, hour_ms), mayDefer: false };
    const busy = { ...calm, cpuSome_percent: 99, ioSome_percent: 99 };
    t.same(decideStart(busy, onTime), { kind: 'run' });
    t.match(decideStart({ ...busy, memoryAvailable_bytes: 0 }, onTime), { kind: 'defer', reason: 'memory' });
    t.same(decideStart({ ...busy, battery_percent: 9 }, onTime), { kind: 'skip', reason: 'battery' });
  },
);

t.test(
  'scarce memory puts a query off, then it falls out; so it does at once on a low battery',
  async (t) => {
    const scarce = { ...calm, memoryAvailable_bytes: 0.04 * 8 * gib, cpuSome_percent: 90 };
    t.match(decideStart(scarce, start(0, hour_ms)), { kind: 'defer', reason: 'memory' });
    t.same(decideStart(scarce, start(minute_ms, hour_ms)), { kind: 'skip', reason: 'memory' });
    t.same(decideStart({ ...calm, battery_percent: 9 }, start(0, hour_ms)), {
      kind: 'skip',
      reason: 'battery',
    });
    t.same(decideStart({ ...calm, battery_percent: 10 }, start(0, hour_ms)), { kind: 'run' });
  },
);

t.test('a host in a worse state never lets a query run sooner', async (t) => {
  const rank = { run: 0, defer: 1, skip: 2 } as const;
  fc.assert(
    fc.property(anyHost, fc.nat(2 * minute_ms), interval, (host, deferred_ms, interval_ms) => {
      const worse: HostPressure = {
        ...host,
        cpuSome_percent: 100,
        ioSome_percent: 100,
        memoryAvailable_bytes: 0,
      };
      const now = decideStart(host, start(deferred_ms, interval_ms));
      return rank[decideStart(worse, start(deferred_ms, interval_ms)).kind] >= rank[now.kind];
    }),
  );
  t.pass();
});

t.test('our own heavy query holds up no other one, but scarce memory does', async (t) => {
  const busy = { ...calm, cpuSome_percent: 90, ioSome_percent: 90 };
  t.same(decideStart(busy, start(0, hour_ms, true)), { kind: 'run' });
  const scarce = { ...busy, memoryAvailable_bytes: 0 };
  t.match(decideStart(scarce, start(0, hour_ms, true)), { kind: 'defer', reason: 'memory' });
});

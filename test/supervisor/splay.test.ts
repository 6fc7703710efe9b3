import t from 'tap';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { asked } from '../simulation/asked.ts';
import { quick } from '../simulation/simulated-host.ts';
import { type Life, startLife } from '../simulation/simulated-supervisor.ts';

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_none, index) => `q${index}`);
const scheduleOf = (count: number) => Object.fromEntries(names(count).map((name) => [name, quick]));

/** Unix milliseconds at which a statement was sent to a worker. */
const startsOf = (life: Life, sql: string): readonly number[] => {
  const unix_ms = life.clock.unixMs() - life.clock.monotonicMs();
  return life.steps.flatMap((step) =>
    step.type === 'query' && step.sql === sql ? [unix_ms + step.at_ms] : [],
  );
};

const entryOf = (life: Life, name: string) => {
  const entry = life.supervisor.book.get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return entry;
};

t.test('a splayed query starts at its own moment of each of its intervals', async (t) => {
  const life = await startLife({ schedule: scheduleOf(50), splayPercent: 10 });
  await life.clock.advance(100_000);
  const offsets = new Set<number>();
  for (const name of names(50)) {
    const { splayed_s, offset_ms, skipped, lastStartDrift_ms = Number.NaN } = entryOf(life, name);
    offsets.add(offset_ms);
    const starts = startsOf(life, name);
    const from = starts.length * splayed_s;
    t.ok(from >= 100 - splayed_s && from <= 100 + splayed_s, `${name} ran ${starts.length} times`);
    // The first may have waited for the start of a worker.
    for (const start_ms of starts.slice(1)) {
      const drift_ms = (start_ms - offset_ms) % (splayed_s * 1000);
      t.ok(drift_ms >= 0 && drift_ms <= 250, `${name} started ${drift_ms} ms after its moment`);
    }
    t.equal(skipped, 0);
    const last_ms = ((starts.at(-1) ?? Number.NaN) - offset_ms) % (splayed_s * 1000);
    t.ok(Math.abs(lastStartDrift_ms - last_ms) <= 1, `${lastStartDrift_ms} ms told, ${last_ms} ms seen`);
  }
  t.ok(offsets.size > 45, 'moments are drawn');
});

t.test('a query of every second starts once in each, wherever in it', async (t) => {
  const life = await startLife({ schedule: scheduleOf(5), interval_s: 1, splayPercent: 10 });
  await life.clock.advance(30_000);
  for (const name of names(5)) {
    const starts = startsOf(life, name);
    t.ok(starts.length >= 28 && starts.length <= 30, `${name} ran ${starts.length} times`);
    t.equal(entryOf(life, name).skipped, 0);
  }
});

t.test('a start that waits for a worker says for how long', async (t) => {
  const life = await startLife({
    schedule: { slow: { ...quick, runs_ms: 240 }, b: quick, c: quick, d: quick, e: quick },
  });
  await life.clock.advance(60_000);
  const drifts = ['b', 'c', 'd', 'e', 'slow'].map((name) => entryOf(life, name).lastStartDrift_ms ?? -1);
  t.ok(
    drifts.every((drift_ms) => drift_ms >= 0),
    drifts.join(' '),
  );
  t.ok(Math.max(...drifts) > 0, 'five starts at one moment and two workers');
});

t.test('a query of an event table waits for none of the others', async (t) => {
  const slow = { ...quick, runs_ms: 240 };
  const life = await startLife({ schedule: { b: slow, c: slow, d: slow, e: slow, process_events: quick } });
  await life.clock.advance(60_000);
  const first_ms = entryOf(life, 'b').lastStartDrift_ms ?? -1;
  t.ok((entryOf(life, 'e').lastStartDrift_ms ?? -1) >= first_ms + 240, 'the last one of a full lane waits');
  t.equal(entryOf(life, 'process_events').lastStartDrift_ms, first_ms);
});

t.test('what was drawn is kept when the supervisor starts again', async (t) => {
  const store = inMemoryGuardStore();
  const drawn = async (seed: number): Promise<readonly unknown[]> => {
    const life = await startLife({ seed, store, schedule: scheduleOf(20), splayPercent: 10 });
    return names(20).map((name) => {
      const { splayed_s, offset_ms } = entryOf(life, name);
      return { splayed_s, offset_ms };
    });
  };
  t.strictSame(await drawn(1), await drawn(2));
});

t.test('a query that leaves the schedule within its second does not start', async (t) => {
  const life = await startLife({ schedule: scheduleOf(1), splayPercent: 10 });
  const { splayed_s, offset_ms } = entryOf(life, 'q0');
  const period_ms = splayed_s * 1000;
  const wait_ms = (((offset_ms - life.clock.unixMs()) % period_ms) + period_ms) % period_ms;
  await life.clock.advance(wait_ms - 1 + period_ms);
  const before = startsOf(life, 'q0').length;
  life.supervisor.reschedule(asked([]), 10);
  await life.clock.advance(2_000);
  t.equal(startsOf(life, 'q0').length, before);
  t.ok(before >= 1);
});

import t from 'tap';
import type { Decorators } from '../../../supervisor/config/config.ts';
import { asked, askedQuery, packWith } from '../../simulation/asked.ts';
import type { Conduct } from '../../simulation/conduct.ts';
import { quick } from '../../simulation/simulated-host.ts';
import { type Life, startLife } from '../../simulation/simulated-supervisor.ts';

const decorators = (source: string, more: Partial<Decorators>): Decorators => ({
  source,
  load: [],
  always: [],
  interval: [],
  ...more,
});
const row: Conduct = { ...quick, least_rows: 1 };

const startsOf = (life: Life, sql: string): readonly number[] =>
  life.steps.flatMap((step) => (step.type === 'query' && step.sql === sql ? [step.unix_ms] : []));
const decorationsOf = (life: Life): readonly Readonly<Record<string, string>>[] =>
  life.ledger.committed.map(({ decorations }) => decorations);

t.test(
  'the first line already has what the decorators of the config say, however slow they are',
  async (t) => {
    const life = await startLife({
      schedule: { q: quick },
      interval_s: 1,
      beside: { decorators: [decorators('main', { load: [askedQuery('slow'), askedQuery('quick')] })] },
      conducts: { slow: { ...row, runs_ms: 3_500 }, quick: row },
    });
    await life.clock.advance(3_000);
    t.equal(startsOf(life, 'q').length >= 1, true, 'queries do not wait for them');
    t.strictSame(life.ledger.committed, [], 'but their results do');
    await life.clock.advance(10_000);
    t.ok(decorationsOf(life).length > 5);
    t.strictSame(
      decorationsOf(life).filter(({ n }) => n === undefined),
      [],
      'in every line',
    );
    t.equal(startsOf(life, 'slow').length, 1);
  },
);

t.test('those of always run for every scheduled query, once for all that begin meanwhile', async (t) => {
  const life = await startLife({
    schedule: { a: quick, b: quick, c: quick },
    interval_s: 10,
    beside: { decorators: [decorators('main', { always: [askedQuery('always')] })] },
    conducts: { always: row },
  });
  await life.clock.advance(60_000);
  const queries = startsOf(life, 'a').length;
  t.ok(queries >= 5);
  t.equal(startsOf(life, 'always').length, queries, 'three begin at once, and share one');
  t.strictSame(
    decorationsOf(life).filter(({ n }) => n === undefined),
    [],
  );
});

t.test('those of interval run at multiples of Unix time', async (t) => {
  const interval = [
    { every_s: 60, query: askedQuery('minute') },
    { every_s: 120, query: askedQuery('two') },
  ];
  const life = await startLife({
    schedule: { q: quick },
    beside: { decorators: [decorators('main', { interval })] },
  });
  await life.clock.advance(10.5 * 60_000);
  const minutes = startsOf(life, 'minute').map((unix_ms) => Math.floor(unix_ms / 1_000));
  t.equal(minutes.length, 10);
  t.strictSame(
    minutes.map((unix_s) => unix_s % 60),
    minutes.map(() => 0),
  );
  t.equal(startsOf(life, 'two').length, 5);
});

t.test('one that fails is told once, leaves what it said before, and holds up nothing', async (t) => {
  const failure = { reason: 'sql_error', message: 'no such table: x' } as const;
  const life = await startLife({
    schedule: { q: quick },
    interval_s: 10,
    beside: { decorators: [decorators('main', { always: [askedQuery('d')] })] },
    conducts: { d: row },
  });
  await life.clock.advance(15_000);
  life.teach('d', { ...quick, end: 'failed', failure });
  await life.clock.advance(60_000);
  t.ok(life.ledger.committed.length >= 6);
  t.strictSame(
    decorationsOf(life).filter(({ n }) => n === undefined),
    [],
  );
  const said = life.steps.filter((step) => step.type === 'said' && step.event.type === 'log');
  t.equal(said.length, 1);
  t.match(said, [{ event: { message: 'A decorator gives nothing: no such table: x: d' } }]);
});

t.test('one that is stopped for what it costs is denied, and lines go on without it', async (t) => {
  const life = await startLife({
    schedule: { q: quick },
    interval_s: 10,
    beside: { decorators: [decorators('main', { always: [askedQuery('hog')] })] },
    conducts: { hog: { ...quick, runs_ms: Number.POSITIVE_INFINITY, growth_bytes_ms: 50_000 } },
  });
  await life.clock.advance(120_000);
  t.equal(startsOf(life, 'hog').length, 1);
  t.match(life.supervisor.denylist.entries(life.clock.unixMs()), [{ scope: 'decorators', sql: 'hog' }]);
  t.ok(life.ledger.committed.length >= 10);
});

t.test('with another config all is forgotten and asked anew', async (t) => {
  const life = await startLife({
    schedule: { q: quick },
    interval_s: 10,
    beside: { decorators: [decorators('main', { load: [askedQuery('old')] })] },
    conducts: { old: row, new: { ...row, runs_ms: 500 } },
  });
  await life.clock.advance(30_000);
  const schedule = life.supervisor.book.entries().map((entry) => entry.query);
  const before = life.ledger.committed.length;
  life.supervisor.reschedule(asked(schedule), 0);
  await life.clock.advance(30_000);
  t.strictSame(
    decorationsOf(life)
      .slice(before)
      .map(({ n }) => n),
    [undefined, undefined, undefined],
  );
  const again = life.ledger.committed.length;
  const sources = [decorators('main', { load: [askedQuery('new')] })];
  life.supervisor.reschedule({ ...asked(schedule), decorators: sources }, 0);
  await life.clock.advance(30_000);
  t.match(decorationsOf(life).slice(again), [{ n: String }, { n: String }, { n: String }]);
});

t.test('those of a pack speak while it is for this host', async (t) => {
  const life = await startLife({
    schedule: { q: quick },
    interval_s: 600,
    beside: {
      packs: [packWith('p', 'is it')],
      decorators: [decorators('main_p', { pack: 'p', load: [askedQuery('d')] })],
    },
    conducts: { 'is it': { ...quick, most_rows: 0 }, d: row },
  });
  const hour_ms = 3_600_000;
  await life.clock.advance(hour_ms - 60_000);
  t.equal(startsOf(life, 'd').length, 0);
  const without = life.ledger.committed.length;
  life.teach('is it', row);
  await life.clock.advance(hour_ms);
  t.equal(startsOf(life, 'd').length, 1);
  t.ok(without > 0);
  t.strictSame(
    decorationsOf(life)
      .slice(0, without)
      .filter(({ n }) => n !== undefined),
    [],
  );
  t.match(decorationsOf(life).at(-1), { n: String });
  life.teach('is it', { ...quick, most_rows: 0 });
  await life.clock.advance(hour_ms);
  t.equal(decorationsOf(life).at(-1)?.n, undefined);
});

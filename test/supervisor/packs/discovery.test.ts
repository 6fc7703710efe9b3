import t from 'tap';
import type { ConfigPack, ScheduledQuery } from '../../../supervisor/config/config.ts';
import { Flags } from '../../../supervisor/config/flags.ts';
import { asked, packWith, scheduledQuery } from '../../simulation/asked.ts';
import type { Conduct } from '../../simulation/conduct.ts';
import { quick } from '../../simulation/simulated-host.ts';
import { type Life, startLife } from '../../simulation/simulated-supervisor.ts';
import { flagsOf } from '../config/flags-of.ts';

const hour_ms = 3_600_000;

/** Answers without a row, and with one. */
const nothing: Conduct = { ...quick, most_rows: 0 };
const found: Conduct = { ...quick, least_rows: 1 };

const soon = { startup_priority: 0 };
const queriesOf = (packs: readonly ConfigPack[]): readonly ScheduledQuery[] =>
  packs.map(({ key, name }) => scheduledQuery(`of ${name}`, { ...soon, pack: key }));

const begin = (packs: readonly ConfigPack[], conducts: Readonly<Record<string, Conduct>>): Promise<Life> =>
  startLife({
    queries: [scheduledQuery('free', soon), ...queriesOf(packs)],
    beside: { packs },
    conducts,
  });

const startsOf = (life: Life, sql: string): number =>
  life.steps.filter((step) => step.type === 'query' && step.sql === sql).length;
const logged = (life: Life): readonly string[] =>
  life.steps.flatMap((step) =>
    step.type === 'said' && step.event.type === 'log' ? [step.event.message] : [],
  );

t.test('queries of a pack run while each of its discovery queries has a row', async (t) => {
  const life = await begin([packWith('here', 'one', 'two'), packWith('elsewhere', 'one', 'none', 'never')], {
    one: found,
    two: found,
    none: nothing,
  });
  await life.clock.advance(35_000);
  t.ok(startsOf(life, 'of here') >= 3);
  t.ok(startsOf(life, 'free') >= 3);
  t.equal(startsOf(life, 'of elsewhere'), 0);
  t.equal(startsOf(life, 'never'), 0, 'after the first without a row the others are not asked');
  t.equal(startsOf(life, 'one'), 2, 'once for each pack');
  t.strictSame(
    logged(life)
      .filter((message) => message.startsWith('Pack'))
      .toSorted(),
    [
      "Pack 'elsewhere' is not for this host at present: its discovery query has no row: none",
      "Pack 'here' is for this host: each of its discovery queries has a row.",
    ],
  );
});

t.test('a pack is asked again when its answer is too old, and only what has changed is told', async (t) => {
  const life = await begin([packWith('p', 'is it')], { 'is it': nothing });
  await life.clock.advance(hour_ms - 60_000);
  t.equal(startsOf(life, 'is it'), 1);
  life.teach('is it', found);
  await life.clock.advance(120_000);
  const ran = startsOf(life, 'of p');
  t.ok(ran > 0 && ran <= 13, `${ran} runs`);
  life.teach('is it', nothing);
  await life.clock.advance(2 * hour_ms);
  const before = startsOf(life, 'of p');
  await life.clock.advance(hour_ms);
  t.equal(startsOf(life, 'of p'), before, 'no more');
  t.equal(logged(life).filter((message) => message.startsWith('Pack')).length, 3);
});

t.test('discovery that fails, or is stopped for what it costs, says no', async (t) => {
  const failure = { reason: 'sql_error', message: 'no such table: x' } as const;
  const life = await begin([packWith('bad', 'broken'), packWith('dear', 'hog')], {
    broken: { ...quick, end: 'failed', failure },
    hog: { ...quick, runs_ms: Number.POSITIVE_INFINITY, growth_bytes_ms: 50_000 },
  });
  await life.clock.advance(60_000);
  t.strictSame([startsOf(life, 'of bad'), startsOf(life, 'of dear')], [0, 0]);
  t.match(
    logged(life).find((message) => message.startsWith("Pack 'bad'")),
    "Pack 'bad' does not run: its discovery query failed: no such table: x: broken",
  );
  t.match(life.supervisor.denylist.entries(life.clock.unixMs()), [
    { scope: 'discovery:dear', sql: 'hog', state: 'denied' },
  ]);
});

t.test('what is no fault of discovery leaves the last answer, and it is asked again soon', async (t) => {
  const life = await begin([packWith('p', 'is it')], { 'is it': found });
  await life.clock.advance(30_000);
  life.teach('is it', { ...quick, end: 'foreign_kill' });
  await life.clock.advance(hour_ms);
  const asks = startsOf(life, 'is it');
  t.ok(asks > 1);
  const before = startsOf(life, 'of p');
  t.ok(before > 300, `${before} runs`);
  life.teach('is it', found);
  await life.clock.advance(10 * 60_000);
  t.ok(startsOf(life, 'is it') > asks);
  t.ok(startsOf(life, 'of p') > before + 50);
});

t.test('after a reload a pack that has changed waits for its answer, the others go on', async (t) => {
  const life = await begin([packWith('same', 'one'), packWith('other', 'one')], { one: found, two: nothing });
  await life.clock.advance(30_000);
  const before = startsOf(life, 'one');
  const packs = [packWith('same', 'one'), packWith('other', 'two'), packWith('new', 'one')];
  t.ok(life.supervisor.reschedule({ ...asked(queriesOf(packs)), packs }, 0).ok);
  const others = startsOf(life, 'of other');
  await life.clock.advance(30_000);
  t.equal(startsOf(life, 'one'), before + 1, 'only the new pack asks');
  t.equal(startsOf(life, 'of other'), others);
  t.ok(startsOf(life, 'of new') >= 2);
  t.ok(startsOf(life, 'of same') >= 5);
});

t.test('tables show what applies, and how often discovery ran', async (t) => {
  const life = await begin([packWith('here', 'one'), packWith('elsewhere', 'none'), packWith('plain')], {
    one: found,
    none: nothing,
  });
  await life.clock.advance(10_000);
  const { packs } = life.supervisor;
  t.strictSame(
    packs
      .entries()
      .map((entry) => [entry.pack.name, entry.executions, entry.cacheHits > 5, packs.isActive(entry)]),
    [
      ['here', 1, true, true],
      ['elsewhere', 1, true, false],
      ['plain', 0, false, true],
    ],
  );
});

t.test(
  'another pack_refresh_interval holds with the next config, also for what is known already',
  async (t) => {
    const packs = [packWith('p', 'is it')];
    let flags = new Flags();
    const life = await startLife({
      queries: queriesOf(packs),
      beside: { packs },
      conducts: { 'is it': found },
      flags: () => flags,
    });
    await life.clock.advance(60_000);
    t.equal(startsOf(life, 'is it'), 1);
    flags = flagsOf({ pack_refresh_interval: '100' });
    t.ok(life.supervisor.reschedule({ ...asked(queriesOf(packs)), packs }, 0).ok);
    await life.clock.advance(35_000);
    t.equal(startsOf(life, 'is it'), 1);
    await life.clock.advance(10_000);
    t.equal(startsOf(life, 'is it'), 2);
    await life.clock.advance(100_000);
    t.equal(startsOf(life, 'is it'), 3);
  },
);

import t from 'tap';
import { Confusion, confusionTable, kindTable } from './confusion.ts';
import { type Demand, reachesCpu_ms, usageAt } from './demand.ts';
import { drawLife } from './draw-life.ts';
import { judgeRecording } from './judge-real.ts';
import { leashLife } from './leash-life.ts';
import { osqueryLife } from './osquery-life.ts';
import { paintFor } from './paint.ts';
import { readRecording } from './recording.ts';

const plain = paintFor(false, undefined);

t.test(
  'on drawn lives every guilty query is stopped, no innocent one, and each under its name',
  async (t) => {
    const leash = new Confusion('Leash');
    const osquery = new Confusion('osquery');
    for (let seed = 1; seed <= 60; seed += 1) {
      const life = drawLife(seed);
      leash.add(await leashLife(life, seed));
      osquery.add(osqueryLife(life));
    }
    t.ok(leash.of(true).ran > 150 && leash.of(false).ran > 300);
    t.equal(leash.misses, 0);
    t.equal(leash.falseKills, 0);
    t.equal(leash.wrongBlames, 0);
    t.equal(leash.stops, leash.of(true).ran, 'one verdict each');
    t.ok(osquery.misses > 0 && osquery.falseKills > 0 && osquery.wrongBlames > 0, 'the other rule differs');
  },
);

t.test('the recorded run of the catalogue', async (t) => {
  const recording = readRecording();
  if (recording === undefined) throw new Error('npm run judge -- --real records one');
  const [leash] = judgeRecording(recording);
  t.ok(leash.of(true).ran >= 25, 'kinds of offender');
  t.ok(leash.of(false).ran >= 100, 'innocent queries');
  t.equal(leash.misses, 0);
  t.equal(leash.falseKills, 0);
  t.equal(leash.wrongBlames, 0);
  t.ok(
    recording.kinds.some(({ busyBeside }) => busyBeside.some((busy) => busy >= 3)),
    'verdicts while four workers were busy',
  );
});

t.test('a demand between its points, and beyond them', async (t) => {
  const demand: Demand = {
    name: 'x',
    kind: 'x',
    guilty: false,
    points: [
      { at_ms: 0, cpu_ms: 0, growth_bytes: 0 },
      { at_ms: 100, cpu_ms: 50, growth_bytes: 1_000 },
      { at_ms: 200, cpu_ms: 50, growth_bytes: 0 },
    ],
    after: 'goes_on',
    kept_bytes: 0,
    uninterruptible: false,
  };
  t.strictSame(usageAt(demand, 50), { cpu_ms: 25, growth_bytes: 500 });
  t.strictSame(usageAt(demand, 300), { cpu_ms: 50, growth_bytes: 0 }, 'growth is never negative');
  t.equal(reachesCpu_ms(demand, 25), 50);
  t.equal(reachesCpu_ms(demand, 60), Number.POSITIVE_INFINITY, 'it rests for ever');
  t.strictSame(usageAt({ ...demand, after: 'ends' }, 1e6), demand.points[2]);
});

t.test('the tables count misses, false kills and wrong blame, in colour on a terminal only', async (t) => {
  const one = new Confusion('one');
  one.count('hog', true, true, false);
  one.count('quiet', false, true, true);
  one.count('late', false, false, false);
  one.wrongBlames = 1;
  const [, , line = ''] = confusionTable([one], plain);
  t.strictSame(line.trim().split(/\s+/), ['one', '0', '1', '0', '1', '0', '1']);
  t.match(kindTable([one], plain).join('\n'), /guilty +hog +0 of 1\ninnocent +late +0 of 0/);
  const red = '\u001b[31m';
  t.ok(confusionTable([one], paintFor(true, undefined)).join('').includes(red));
  t.notOk(confusionTable([one], paintFor(true, '1')).join('').includes(red), 'NO_COLOR');
});

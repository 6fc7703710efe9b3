import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { Confusion, confusionTable, kindTable } from './confusion.ts';
import { type Demand, reachesCpu_ms, usageAt } from './demand.ts';
import { judgeRecording } from './judge-real.ts';
import { paintFor } from './paint.ts';
import { readRecording } from './recording.ts';

const plain = paintFor(false, undefined);

t.test('npm run judge: every guilty one is stopped, no innocent one, and each under its name', async (t) => {
  // A process of its own: a test runner's hooks into promises make a simulated life forty times as slow.
  const judge = spawn(process.execPath, [join(import.meta.dirname, 'judge.ts'), '--lives', '200'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [code, output] = await Promise.all([
    once(judge, 'close').then(([status]) => status as number | null),
    text(judge.stdout),
  ]);
  t.equal(code, 0, output);
  t.notOk(output.includes('\u001b'), 'no colour in a pipe');
  const numbers = (rule: string): number[] =>
    (new RegExp(`^${rule} +([\\d, ]*)$`, 'm').exec(output)?.[1] ?? '')
      .split(/ +/)
      .map((cell) => Number(cell.replaceAll(',', '')));
  const [stopped = 0, missed, letGo = 0, falseKills, stops, wrongBlames] = numbers('Leash');
  t.ok(stopped > 400 && letGo > 1_000);
  t.strictSame({ missed, falseKills, wrongBlames }, { missed: 0, falseKills: 0, wrongBlames: 0 });
  t.equal(stops, stopped, 'one verdict each');
  const theirs = numbers("osquery's rule");
  t.ok(
    [theirs[1], theirs[3], theirs[5]].every((wrong = 0) => wrong > 0),
    'the other rule differs',
  );
});

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

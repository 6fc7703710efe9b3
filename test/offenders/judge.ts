/**
 * Who is stopped, who is let go, and who is blamed: Leash beside osquery's rule, on the same queries. First on drawn
 * lives (the product's supervisor on replayed processes, four busy at once), then on the real run of the catalogue, as
 * it was recorded. Exits 1 when Leash missed one, stopped an innocent or blamed the wrong one.
 *
 *   npm run judge -- [--lives 5000] [--from 1] [--real]     --real: run the catalogue anew and record it
 */
import { scriptOptions } from '../script-options.ts';
import { Confusion, confusionTable, kindTable } from './confusion.ts';
import { drawLife } from './draw-life.ts';
import { judgeRecording } from './judge-real.ts';
import { leashLife } from './leash-life.ts';
import { liveRun } from './live-run.ts';
import { osqueryLife } from './osquery-life.ts';
import { paintFor } from './paint.ts';
import { type Recording, readRecording, record, writeRecording } from './recording.ts';

const values = scriptOptions('npm run judge -- [--lives 5000] [--from 1] [--real]', {
  lives: { type: 'string', default: '5000' },
  from: { type: 'string', default: '1' },
  real: { type: 'boolean', default: false },
});
const isTerminal = process.stdout.isTTY;
const paint = paintFor(isTerminal, process.env.NO_COLOR);
const say = (text: string): void => void process.stdout.write(text);
const sayAll = (lines: readonly string[]): void => say(`${lines.join('\n')}\n\n`);
const isClean = ({ misses, falseKills, wrongBlames }: Confusion): boolean =>
  misses + falseKills + wrongBlames === 0;

const judgeDrawn = async (lives: number, from: number): Promise<boolean> => {
  const leash = new Confusion('Leash');
  const osquery = new Confusion("osquery's rule");
  for (let seed = from; seed < from + lives; seed += 1) {
    const life = drawLife(seed);
    leash.add(await leashLife(life, seed));
    osquery.add(osqueryLife(life));
    if (!isClean(leash)) {
      say(paint.bad(`seed ${seed}: ${leash.misses} missed, ${leash.falseKills} false kills\n`));
      break;
    }
    if (isTerminal && seed % 50 === 0) say(`\r${seed - from + 1} of ${lives} lives `);
  }
  if (isTerminal) say('\r\u001b[K');
  say(paint.strong(`${lives} drawn lives of nine queries each, hosts of 1 to 16 cores\n`));
  sayAll(confusionTable([leash, osquery], paint));
  sayAll(kindTable([leash, osquery], paint));
  return isClean(leash);
};

const recordAnew = async (): Promise<Recording> => {
  const { reports } = await liveRun({ form: 'long', lanes: 4, paint, isTerminal });
  const recording = record(reports, new Date().toISOString().slice(0, 10));
  writeRecording(recording);
  return recording;
};

const judgeReal = (recording: Recording): boolean => {
  const rules = judgeRecording(recording);
  const [leash] = rules;
  const beside = recording.kinds.flatMap(({ busyBeside }) => busyBeside);
  const full = beside.filter((busy) => busy >= 3).length;
  const problems = recording.kinds.filter((kind) => kind.problems.length > 0);
  const refused = recording.kinds.filter(({ guilt }) => guilt === 'refused').length;
  say(
    paint.strong(
      `${recording.kinds.length} kinds on real processes, ${recording.cores} cores, recorded on ${recording.taken}\n`,
    ),
  );
  sayAll(confusionTable(rules, paint));
  sayAll(
    kindTable(rules, paint).filter((line) => !line.includes('innocent  ') || / [1-9]\d* of /.test(line)),
  );
  say(
    `${beside.length} verdicts, ${full} of them while at least three other workers were busy; ${refused} more kinds are refused by SQLite itself.\n`,
  );
  for (const { name, problems: told } of problems) say(paint.bad(`${name}: ${told.join('; ')}\n`));
  return isClean(leash) && problems.length === 0;
};

const recording = values.real ? await recordAnew() : readRecording();
const drawnClean = await judgeDrawn(Number(values.lives), Number(values.from));
const realClean = recording !== undefined && judgeReal(recording);
if (recording === undefined) say('nothing is recorded yet: npm run judge -- --real\n');
process.exitCode = drawnClean && realClean ? 0 : 1;

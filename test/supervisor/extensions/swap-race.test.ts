import t from 'tap';
import { isWon, runRaces, whyNoRace } from './swap-race.ts';

t.test(
  'a file that is swapped all the time is never the wrong one',
  { skip: whyNoRace() ?? false },
  async (t) => {
    const reports = await runRaces(200);
    t.ok(reports.length >= 2);
    for (const report of reports) {
      const { name, right, refused } = report;
      t.ok(isWon(report), `${name}: ${right} ran the right one, ${refused} refused`, { report });
    }
  },
);

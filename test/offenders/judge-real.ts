import { Confusion } from './confusion.ts';
import type { Demand, DemandLife } from './demand.ts';
import { osqueryLife } from './osquery-life.ts';
import type { Recording } from './recording.ts';

/** osquery's worker has been up for so long: past the minute in which its watcher stops nothing. */
const upSince_ms = 120_000;

/** A query that is due while another one runs: what is blamed when the watcher comes late. */
const follower = (index: number): Demand => ({
  name: `follower ${index}`,
  kind: 'a query after a guilty one',
  guilty: false,
  points: [
    { at_ms: 0, cpu_ms: 0, growth_bytes: 0 },
    { at_ms: 1_000, cpu_ms: 500, growth_bytes: 0 },
  ],
  after: 'ends',
  kept_bytes: 0,
  uninterruptible: false,
});

/** What Leash did with the real queries, and what osquery's rule would have done with what they used. */
export const judgeRecording = (recording: Recording): readonly [Confusion, Confusion] => {
  const leash = new Confusion('Leash, as it happened');
  const osquery = new Confusion("osquery's rule");
  const shown = recording.kinds.filter(({ guilt }) => guilt !== 'refused');
  for (const { name, guilt, verdicts, wrongBlames } of shown) {
    leash.count(name, guilt === 'guilty', true, verdicts.length > 0);
    leash.stops += verdicts.length;
    leash.wrongBlames += wrongBlames;
  }
  for (const life of livesOf(recording)) osquery.add(osqueryLife(life));
  return [leash, osquery];
};

/** Each guilty one with a query after it, and all innocent ones in a row. */
const livesOf = ({ cores, kinds }: Recording): readonly DemandLife[] => {
  const demands = (guilt: 'guilty' | 'innocent'): readonly Demand[] =>
    kinds.filter((kind) => kind.guilt === guilt).map(({ demand }) => demand);
  const alone = demands('guilty').map((demand, index) => ({
    cores,
    upSince_ms,
    starts: [
      { at_ms: 500, demand },
      { at_ms: 600, demand: follower(index) },
    ],
  }));
  const inARow = demands('innocent').map((demand, index) => ({ at_ms: index + 1, demand }));
  return [...alone, { cores, upSince_ms, starts: inARow }];
};

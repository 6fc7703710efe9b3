import t from 'tap';
import { runSeed } from './run-scenario.ts';
import { liveSeeds } from './tally.ts';

/** The short form, on the thread of the test; `npm test` lives more of them on every core. */
const seeds = 1_500;

t.test('no promise is broken in lives drawn from seeds', async (t) => {
  const tally = await liveSeeds(1, seeds);
  t.equal(tally.broken, undefined, 'see it with npm run simulate -- --seed');
  t.equal(tally.seeds, seeds);
  const { verdicts, kills, restarts, amongFour } = tally;
  t.ok(
    verdicts > 3 * seeds && kills > 3 * seeds && restarts > seeds / 5 && amongFour > seeds / 20,
    `${verdicts} verdicts, ${amongFour} of them with four workers busy, ${kills} kills, ${restarts} restarts: there was something to check`,
  );
  const { slowed, overrides, reloads } = tally;
  t.ok(
    slowed > seeds / 4 && overrides > seeds / 4 && reloads > seeds / 2,
    `${slowed} queries were slowed, ${overrides} limits were overridden, ${reloads} configs were read again`,
  );
});

t.test('a seed replays to the same step', async (t) => {
  const [one, other] = [await runSeed(148), await runSeed(148)];
  t.ok(one.steps.length > 100);
  t.strictSame(one.steps, other.steps);
});

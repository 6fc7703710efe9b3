import t from 'tap';
import { runSeed } from './run-scenario.ts';

/** The short form; `npm run simulate` is the long one. */
const seeds = 60;

t.test('no promise is broken in lives drawn from seeds', async (t) => {
  let verdicts = 0;
  let deaths = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { steps, breaches } = await runSeed(seed);
    t.strictSame(breaches, [], `seed ${seed}; see it with npm run simulate -- --seed ${seed}`);
    verdicts += steps.filter((step) => step.type === 'said' && step.event.type === 'verdict').length;
    deaths += steps.filter((step) => step.type === 'supervisor_killed').length;
  }
  t.ok(
    verdicts > 50 && deaths > 5,
    `${verdicts} verdicts, ${deaths} supervisors killed: there was something to check`,
  );
});

t.test('a seed replays to the same step', async (t) => {
  const [one, other] = [await runSeed(148), await runSeed(148)];
  t.strictSame(one.steps, other.steps);
});

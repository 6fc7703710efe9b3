import t, { type Test } from 'tap';
import { quick } from '../../simulation/conduct.ts';
import { beginLife } from '../../simulation/simulated-supervisor.ts';
import { createWorld, type World } from '../../simulation/world.ts';

const waiting = (world: World): number => world.disk.results.waiting();

const changing = { ...quick, most_rows: 3 };

/** Two queries that are due at once, with other rows each time; the clock is moved to where lines of one wait. */
const untilLinesWait = async (t: Test): Promise<{ world: World; stop: () => Promise<void> }> => {
  const world = createWorld({ schedule: { a: changing, b: { ...changing, runs_ms: 100 } } });
  const life = await beginLife(world);
  for (let step = 0; step < 20_000 && waiting(world) === 0; step += 1) await world.clock.advance(10);
  t.ok(waiting(world) > 0);
  return { world, stop: () => life.supervisor.stop() };
};

t.test(
  'the disk is waited for once a second: a line that comes sooner waits for the next time',
  async (t) => {
    const { world } = await untilLinesWait(t);
    await world.clock.advance(500);
    t.ok(waiting(world) > 0);
    await world.clock.advance(500);
    t.equal(waiting(world), 0);
  },
);

t.test('what was committed in the last second reaches its log at the stop', async (t) => {
  const { world, stop } = await untilLinesWait(t);
  const stopping = stop();
  await world.clock.advance(10_000);
  await stopping;
  t.equal(waiting(world), 0);
});

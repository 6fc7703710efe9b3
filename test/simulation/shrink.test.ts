import { join } from 'node:path';
import t from 'tap';
import { describeScenario } from './describe-scenario.ts';
import { mutations } from './mutations.ts';
import { plant } from './plant-mutation.ts';
import type * as Simulation from './run-scenario.ts';
import { candidatesOf, shrink } from './shrink.ts';

const longestHunt = 200;

t.test('a broken seed is cut down until nothing can be left out, always to the same', async (t) => {
  const mutation = mutations.find(({ name }) => name === 'ask the denylist only at the door');
  if (mutation === undefined) throw new Error('the mutation has another name now');
  const { directory, remove } = plant(mutation);
  t.teardown(remove);
  const { runSeed, runScenario } = (await import(
    join(directory, 'test/simulation/run-scenario.ts')
  )) as typeof Simulation;

  let broken: Simulation.SeedResult | undefined;
  for (let seed = 1; seed <= longestHunt && broken === undefined; seed += 1) {
    const result = await runSeed(seed);
    if (result.breaches.length > 0) broken = result;
  }
  const promise = broken?.breaches[0]?.promise;
  if (broken === undefined || promise === undefined) throw new Error('the mutant was not found');
  t.equal(promise, 'no denied query starts');

  const breaks = async (scenario: typeof broken.scenario): Promise<boolean> =>
    (await runScenario(scenario)).breaches.some((breach) => breach.promise === promise);
  const { scenario } = await shrink(broken.scenario, promise, runScenario);
  t.ok(await breaks(scenario), 'what is left still breaks the promise');
  const left = describeScenario(scenario);
  t.ok(left.length < describeScenario(broken.scenario).length, left.join('\n'));
  for (const less of candidatesOf(scenario))
    t.notOk(await breaks(less), 'without any one thing more it does not');
  t.strictSame((await shrink(broken.scenario, promise, runScenario)).scenario, scenario);
});

t.test('a mutation whose place is gone fails loudly', async (t) => {
  const [first] = mutations;
  if (first === undefined) throw new Error('there are no mutations');
  t.throws(() => plant({ ...first, find: 'no such text' }), /has 0 places in/);
  t.throws(() => plant({ ...first, find: 'const' }), /has \d+ places in .*; it needs one/);
});

t.test('every mutation has its place', async (t) => {
  for (const mutation of mutations) {
    t.doesNotThrow(() => plant(mutation).remove(), mutation.name);
    t.not(mutation.find, mutation.replace);
  }
  t.ok(mutations.length >= 12);
});

import type { Breaches } from './breaches.ts';
import { type Scenario, scheduledIn } from './scenario.ts';
import { calmFrom_ms } from './served.ts';
import type { World } from './world.ts';

/** Packs that are not for this host run nothing, and in the calm every line has what its decorators said. */
export const checkBeside = (scenario: Scenario, world: World, breaches: Breaches): void => {
  const elsewhere = new Set(
    scheduledIn(scenario).flatMap(({ name, pack }) => (pack === 'elsewhere' ? [name] : [])),
  );
  for (const step of world.steps)
    if (step.type === 'query' && elsewhere.has(step.sql))
      breaches.report('what discovery says no to does not run', step, step.sql);
  const from_ms = calmFrom_ms(scenario);
  for (const { name, at_ms, decorations } of world.committed)
    if (scenario.isDecorated && at_ms >= from_ms && decorations.n === undefined)
      breaches.report('a line has what its decorators said', { at_ms }, name);
};

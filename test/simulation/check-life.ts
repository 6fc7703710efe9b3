import { type Breach, Breaches } from './breaches.ts';
import { checkAnswers } from './check-answers.ts';
import { DenialChecker } from './check-denials.ts';
import { checkLines } from './check-lines.ts';
import { ProcessChecker } from './check-processes.ts';
import { ProfileChecker } from './check-profiles.ts';
import { RunChecker } from './check-runs.ts';
import { checkService } from './check-service.ts';
import type { Scenario } from './scenario.ts';
import { type StepReader, show } from './step-reader.ts';
import type { World } from './world.ts';

/** Reads a life that is over, from its beginning to its end, and says which promises it broke. */
export const checkLife = (scenario: Scenario, world: World): readonly Breach[] => {
  const breaches = new Breaches();
  const checkers: readonly StepReader[] = [
    new RunChecker(scenario, breaches),
    new DenialChecker(scenario, breaches),
    new ProcessChecker(scenario, breaches),
    new ProfileChecker(scenario, breaches),
  ];
  for (const step of world.steps) for (const checker of checkers) show(checker, step);
  const end = world.steps.at(-1);
  if (end !== undefined) for (const checker of checkers) checker.end(end);
  checkAnswers(world, breaches);
  checkLines(scenario, world, breaches);
  checkService(scenario, world, breaches);
  return breaches.all();
};

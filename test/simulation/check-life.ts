import { type Breach, Breaches } from './breaches.ts';
import { checkAnswers } from './check-answers.ts';
import { checkBeside } from './check-beside.ts';
import { DenialChecker } from './check-denials.ts';
import { LaneChecker } from './check-lanes.ts';
import { checkLines } from './check-lines.ts';
import { ProcessChecker } from './check-processes.ts';
import { ProfileChecker } from './check-profiles.ts';
import { checkForgotten, ReloadChecker } from './check-reloads.ts';
import { RunChecker } from './check-runs.ts';
import { checkService } from './check-service.ts';
import { TermsChecker } from './check-terms.ts';
import { ThrottleChecker } from './check-throttle.ts';
import type { Scenario } from './scenario.ts';
import { type StepReader, showAll } from './step-reader.ts';
import type { World } from './world.ts';

/** Reads a life that is over, from its beginning to its end, and says which promises it broke. */
export const checkLife = (scenario: Scenario, world: World): readonly Breach[] => {
  const breaches = new Breaches();
  const { leases } = world;
  const checkers: readonly StepReader[] = [
    new RunChecker(scenario, breaches),
    new DenialChecker(scenario, breaches),
    new ProcessChecker(scenario, leases, breaches),
    new ProfileChecker(scenario, leases, breaches),
    new ThrottleChecker(scenario, leases, breaches),
    new TermsChecker(scenario, breaches),
    new ReloadChecker(scenario, leases, breaches),
    new LaneChecker(scenario, leases, breaches),
  ];
  showAll(checkers, world.steps);
  checkAnswers(world, breaches);
  checkLines(scenario, world, breaches);
  checkForgotten(scenario, world, breaches);
  checkService(scenario, world, breaches);
  checkBeside(scenario, world, breaches);
  return breaches.all();
};

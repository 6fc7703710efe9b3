import type { Breaches } from './breaches.ts';
import { type Scenario, served_ms } from './scenario.ts';
import { answers, calmFrom_ms, lastSchedule, servedIn } from './served.ts';
import type { World } from './world.ts';

/** A question of the calm is answered within this long: a start of a worker, and its run. */
const longestAnswer_ms = 6_000;

/** Liveness: without faults every query that answers runs in each of its intervals, and every asker gets rows. */
export const checkService = (scenario: Scenario, world: World, breaches: Breaches): void => {
  const from_ms = calmFrom_ms(scenario);
  for (const { statement, interval_s } of servedIn(scenario, lastSchedule(world))) {
    const { loggedName } = statement;
    const expected = Math.floor(served_ms / (interval_s * 1000)) - 1;
    const runs = world.committed.filter((run) => run.name === loggedName && run.at_ms >= from_ms).length;
    if (runs < expected)
      breaches.report(
        'every permitted query keeps its interval',
        { at_ms: from_ms + served_ms },
        `${loggedName} ran ${runs} times in its last ${expected} intervals`,
      );
  }
  checkAsks(scenario, world, from_ms, breaches);
};

const checkAsks = (scenario: Scenario, world: World, from_ms: number, breaches: Breaches): void => {
  const asked = new Map<number, number>();
  const cancelled = new Set<number>();
  for (const step of world.steps) {
    if (step.type === 'asked' && step.at_ms >= from_ms) asked.set(step.askId, step.at_ms);
    if (step.type === 'cancelled') cancelled.add(step.askId);
    if (step.type !== 'was_answered') continue;
    const asked_ms = asked.get(step.askId);
    const statement = scenario.asked.find(({ name }) => name === step.sql);
    if (asked_ms === undefined || statement === undefined || cancelled.has(step.askId)) continue;
    const late = step.at_ms - asked_ms > longestAnswer_ms;
    const { failure } = step.outcome;
    // Who asks shortly before the end may find the daemon stopping.
    const hadTime = failure?.reason !== 'stopping' || late;
    if (answers(statement) && hadTime && (late || failure !== undefined))
      breaches.report(
        'every permitted query is answered in time',
        step,
        `${step.sql}: ${failure?.message ?? 'late'}`,
      );
  }
};

import type { Breaches } from './breaches.ts';
import { recovery_ms, type Scenario, type Statement, served_ms } from './scenario.ts';
import type { World } from './world.ts';

/** A question of the calm is answered within this long: a start of a worker, and its run. */
const longestAnswer_ms = 6_000;

/** A query that waits for a lane and a worker begins this much after its time. */
const longestWait_ms = 1_000;

/** Liveness: without faults every query that answers runs in each of its intervals, and every asker gets rows. */
export const checkService = (scenario: Scenario, world: World, breaches: Breaches): void => {
  const calmFrom_ms = scenario.faulty_ms + recovery_ms(scenario);
  // Behind an operator's denial comes the probation lane, where one waits for the other.
  const denied = scenario.commands.filter(({ kind }) => kind === 'deny').map(({ name }) => name);
  for (const statement of scenario.schedule) {
    const { name, conduct, interval_s } = statement;
    if (!answers(statement) || denied.includes(name) || conduct.runs_ms + longestWait_ms > interval_s * 1000)
      continue;
    const expected = Math.floor(served_ms / (interval_s * 1000)) - 1;
    const runs = world.committed.filter((run) => run.name === name && run.at_ms >= calmFrom_ms).length;
    if (runs < expected)
      breaches.report(
        'every permitted query keeps its interval',
        { at_ms: calmFrom_ms + served_ms },
        `${name} ran ${runs} times in its last ${expected} intervals`,
      );
  }
  checkAsks(scenario, world, calmFrom_ms, breaches);
};

const answers = ({ guilt, conduct }: Statement): boolean => guilt === undefined && conduct.end === 'done';

const checkAsks = (scenario: Scenario, world: World, calmFrom_ms: number, breaches: Breaches): void => {
  const asked = new Map<number, number>();
  const cancelled = new Set<number>();
  for (const step of world.steps) {
    if (step.type === 'asked' && step.at_ms >= calmFrom_ms) asked.set(step.askId, step.at_ms);
    if (step.type === 'cancelled') cancelled.add(step.askId);
    if (step.type !== 'was_answered') continue;
    const asked_ms = asked.get(step.askId);
    const statement = scenario.asked.find(({ name }) => name === step.sql);
    if (asked_ms === undefined || statement === undefined || cancelled.has(step.askId)) continue;
    const late = step.at_ms - asked_ms > longestAnswer_ms;
    const { failure } = step.outcome;
    if (answers(statement) && (late || failure !== undefined))
      breaches.report(
        'every permitted query is answered in time',
        step,
        `${step.sql}: ${failure?.message ?? 'late'}`,
      );
  }
};

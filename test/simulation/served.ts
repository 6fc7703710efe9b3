import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import {
  recovery_ms,
  type Scenario,
  type ScheduledStatement,
  type Statement,
  scheduledIn,
  stretchOf,
} from './scenario.ts';
import type { World } from './world.ts';

/** A query that waits for a lane and a worker begins this much after its time. */
const longestWait_ms = 1_000;

/** From here on everything must be served again. */
export const calmFrom_ms = (scenario: Scenario): number => scenario.faulty_ms + recovery_ms(scenario);

/** The schedule that was in force at the end. */
export const lastSchedule = ({ steps }: World): readonly ScheduledQuery[] => {
  const last = steps.findLast(
    (step) => step.type === 'supervisor_began' || (step.type === 'rescheduled' && step.ok),
  );
  return last?.type === 'supervisor_began' || last?.type === 'rescheduled' ? last.schedule : [];
};

/** Whether it gives rows to whoever asks. */
export const answers = ({ guilt, conduct }: Statement): boolean =>
  guilt === undefined && conduct.end === 'done';

/** How long it takes, with a reserve where it is held to a share of a core. */
const lasts_ms = (statement: Statement): number =>
  statement.conduct.runs_ms * (stretchOf(statement) === 1 ? 1 : 1.2 * stretchOf(statement));

/** A statement under the interval that it had at the end. */
export interface Served {
  readonly statement: ScheduledStatement;
  readonly interval_s: number;
}

/** Those of the last schedule that must run in each of their intervals when nothing goes wrong. */
export const servedIn = (scenario: Scenario, schedule: readonly ScheduledQuery[]): readonly Served[] => {
  // Behind an operator's denial comes the probation lane, where one waits for the other.
  const denied = new Set(scenario.commands.filter(({ kind }) => kind === 'deny').map(({ name }) => name));
  const statements = new Map(scheduledIn(scenario).map((statement) => [statement.name, statement]));
  return schedule.flatMap(({ name, sql, interval_s }) => {
    const statement = statements.get(sql);
    if (statement === undefined || !answers(statement) || denied.has(name)) return [];
    if (statement.pack === 'elsewhere') return [];
    return lasts_ms(statement) + longestWait_ms > interval_s * 1000 ? [] : [{ statement, interval_s }];
  });
};

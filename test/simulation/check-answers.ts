import type { Breaches } from './breaches.ts';
import type { World } from './world.ts';

/** What became of an ask so far. */
interface Asked {
  answers: number;
  /** Its statement was begun by a worker. */
  begun: boolean;
}

/**
 * Whoever asked a supervisor that lived on was answered, exactly once, and was told of a worker's death only if one had
 * begun the query.
 */
export const checkAnswers = (world: World, breaches: Breaches): void => {
  const asks = new Map<number, Asked & { readonly sql: string }>();
  for (const step of world.steps) {
    if (step.type === 'asked') asks.set(step.askId, { sql: step.sql, answers: 0, begun: false });
    if (step.type === 'supervisor_killed') asks.clear();
    if (step.type === 'query') for (const ask of asks.values()) ask.begun ||= ask.sql === step.sql;
    if (step.type !== 'was_answered') continue;
    const ask = asks.get(step.askId);
    if (ask === undefined) continue;
    ask.answers += 1;
    if (ask.answers > 1) breaches.report('an asker is answered once', step, step.sql);
    const isDeath = step.outcome.failure?.reason === 'worker_died';
    if (isDeath && !ask.begun)
      breaches.report('a query whose worker was gone before it began gets another one', step, step.sql);
  }
  const end = world.steps.at(-1);
  for (const [askId, { answers }] of asks)
    if (answers === 0 && end !== undefined) breaches.report('every asker is answered', end, `ask ${askId}`);
};

import type { Breaches } from './breaches.ts';
import type { World } from './world.ts';

/** Whoever asked a supervisor that lived on was answered, exactly once. */
export const checkAnswers = (world: World, breaches: Breaches): void => {
  const answers = new Map<number, number>();
  for (const step of world.steps) {
    if (step.type === 'asked') answers.set(step.askId, 0);
    if (step.type === 'supervisor_killed') answers.clear();
    if (step.type !== 'was_answered') continue;
    const before = answers.get(step.askId) ?? 0;
    answers.set(step.askId, before + 1);
    if (before > 0) breaches.report('an asker is answered once', step, step.sql);
  }
  const end = world.steps.at(-1);
  for (const [askId, count] of answers)
    if (count === 0 && end !== undefined) breaches.report('every asker is answered', end, `ask ${askId}`);
};

import type { Step } from './world.ts';

/** What a checker does at the steps that concern it. */
export type StepHandlers = {
  readonly [Type in Step['type']]?: (step: Extract<Step, { readonly type: Type }>) => void;
};

/** Reads a life step by step. */
export interface StepReader {
  readonly at: StepHandlers;
  /** Called with the last step. */
  end(end: Step): void;
}

/** Shows a life to readers, each step to all of them before the next one. */
export const showAll = (readers: readonly StepReader[], steps: readonly Step[]): void => {
  const byType = new Map<Step['type'], readonly ((step: Step) => void)[]>();
  for (const step of steps) {
    let handlers = byType.get(step.type);
    if (handlers === undefined) {
      handlers = handlersOf(readers, step.type);
      byType.set(step.type, handlers);
    }
    for (const handle of handlers) handle(step);
  }
  const end = steps.at(-1);
  if (end !== undefined) for (const reader of readers) reader.end(end);
};

const handlersOf = (readers: readonly StepReader[], type: Step['type']): readonly ((step: Step) => void)[] =>
  readers.flatMap(({ at }) => {
    // Each handler stands under the type of the steps that it takes.
    const handler = at[type] as ((step: Step) => void) | undefined;
    return handler === undefined ? [] : [handler];
  });

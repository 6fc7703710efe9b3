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

/** Shows one step to a reader. */
export const show = ({ at }: StepReader, step: Step): void => {
  // Each handler stands under the type of the steps that it takes.
  const handler = at[step.type] as ((step: Step) => void) | undefined;
  handler?.(step);
};

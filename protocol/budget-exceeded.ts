import type { LimitName } from './budget.ts';

/**
 * Thrown inside a worker when a budget of the run is used up; the query ends with it and the worker lives.
 * The only exception that crosses from the file door or the engine through a table.
 */
export class BudgetExceeded extends Error {
  readonly limit: LimitName;
  /** The limit and what was measured, both in the unit that `limit` names. */
  readonly limitValue: number;
  readonly measured: number;

  constructor(limit: LimitName, limitValue: number, measured: number) {
    super(`the query used up its ${limit} budget: ${measured} of ${limitValue}`);
    this.name = 'BudgetExceeded';
    this.limit = limit;
    this.limitValue = limitValue;
    this.measured = measured;
  }
}

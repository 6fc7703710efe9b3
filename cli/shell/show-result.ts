import type { Clock } from '../../platform/clock.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import { Pager } from './pager.ts';
import { Progress } from './progress.ts';
import type { ShellPerson } from './shell-input.ts';

/** What a query is run with whose rows a person sees: where they are printed, who counts them, what stops them. */
export interface ShownRun {
  readonly out: (text: string) => void;
  readonly counted: (rows: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs a query in front of a person: how far it is stands below the statement until there is something to print,
 * Ctrl-C stops it, and a long result stops at each screenful. A terminal that tells no size is a program, which nobody
 * makes wait.
 */
export const showResult = (
  person: ShellPerson,
  clock: Pick<Clock, 'after' | 'monotonicMs'>,
  paged: boolean,
  run: (shown: ShownRun) => Promise<QueryOutcome>,
): Promise<QueryOutcome> =>
  person.interruptible(async (signal, stop) => {
    const progress = new Progress(clock, person.write);
    let sawEnough = false;
    const enough = (): void => {
      sawEnough = true;
      stop();
    };
    const pager = paged && person.size().rows > 0 ? new Pager(person, enough) : undefined;
    const out = (text: string): void => {
      progress.end();
      if (pager === undefined) person.write(text);
      else pager.write(text);
    };
    const counted = (rows: number): void => {
      progress.rows += rows;
    };
    const outcome = await run({ out, counted, signal });
    progress.end();
    await pager?.finish();
    if (!sawEnough || !endedItsRows(outcome.failure)) return outcome;
    // Stopped as wished, or by itself before: who wants no more rows is not told that there are none.
    return { cost: outcome.cost, warnings: outcome.warnings };
  });

/** Whether this failure says no more than that further rows do not come. */
const endedItsRows = (failure: QueryFailure | undefined): boolean =>
  failure?.reason === 'cancelled' || failure?.limit === 'rows' || failure?.limit === 'result_mb';

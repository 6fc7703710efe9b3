import type { Clock } from '../../platform/clock.ts';
import type { QueryService } from '../../protocol/control.ts';
import type { CommandIo } from '../command-io.ts';
import { tellOutcome } from '../run-query.ts';

/** `--profile N`: how often, and how long before and after nothing happens, so that a profiler can come and go. */
export interface ProfileOptions {
  readonly runs: number;
  readonly delay_ms: number;
}

/** Runs a query again and again and prints none of its rows; stops at the first failure. Gives the exit code. */
export const profile = async (
  service: QueryService,
  sql: string,
  { runs, delay_ms }: ProfileOptions,
  { io, clock }: { readonly io: CommandIo; readonly clock: Clock },
): Promise<number> => {
  const pause = (): Promise<void> => new Promise((resolve) => clock.after(delay_ms, resolve));
  if (delay_ms > 0) await pause();
  for (let run = 0; run < runs; run += 1) {
    const outcome = await service.query(sql, { columns: () => undefined, rows: () => undefined });
    if (tellOutcome(outcome, io) !== 0) return 1;
  }
  if (delay_ms > 0) await pause();
  return 0;
};

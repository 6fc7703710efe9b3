import type { ActorRef } from '../../actors/types.ts';
import type { Random } from '../../platform/random.ts';
import type { CellRow, ResultColumn } from '../../protocol/cell.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import { RowBatches, rowsOfBatch } from '../../protocol/row-batches.ts';
import type { AskedQuery } from '../config/config.ts';
import type { WorkforceMessage } from './messages.ts';
import { failed } from './run-end.ts';
import { runLive } from './run-live.ts';

/** What a statement that Leash asks for itself said. */
export interface FirstRow {
  /** Of the statement whose row it is. */
  readonly columns: readonly ResultColumn[];
  /** Undefined: it had none, or failed. */
  readonly row: CellRow | undefined;
  readonly outcome: QueryOutcome;
}

/** What asking takes. */
export interface FirstRowAsker {
  readonly workforce: ActorRef<WorkforceMessage>;
  /** Monotonic milliseconds before which a `cpu_percent` of osquery's flags stops nobody. */
  readonly cpuRuleFrom_ms: number;
  readonly random: Random;
}

/** More is not parsed on the guard's loop; nobody wants it in each of his lines. */
const longest_bytes = 512 * 1024;
const tooLong = 'its first row has more than 512 KiB';

/**
 * Runs a statement of the config under a lease of its own, judged under `name`. Only the first batch of its rows is kept,
 * and only the first row looked at.
 */
export const askFirstRow = (
  { workforce, cpuRuleFrom_ms, random }: FirstRowAsker,
  name: string,
  { sql, budget, origins }: AskedQuery,
  answered: (answer: FirstRow) => void,
): void => {
  const batches = new RowBatches();
  let columns: readonly ResultColumn[] = [];
  let first: Uint8Array | undefined;
  let seen_bytes = 0;
  const from = origins.cpu_percent === 'flag' ? { cpuPercentFrom_ms: cpuRuleFrom_ms } : {};
  runLive(
    workforce,
    random,
    { queryId: name, scope: name, sql, budget, ...from },
    {
      columns: (next) => {
        if (first === undefined) columns = next;
      },
      rows: (frame) => {
        if (first !== undefined || seen_bytes > longest_bytes) return 'more';
        seen_bytes += frame.length;
        if (seen_bytes <= longest_bytes) first = batches.take(frame);
        return 'more';
      },
      done: (ended) => {
        const outcome = seen_bytes > longest_bytes ? failed('limit', tooLong) : ended;
        const row = first === undefined || outcome.failure !== undefined ? undefined : rowsOfBatch(first)[0];
        answered({ columns, row, outcome });
      },
    },
  );
};

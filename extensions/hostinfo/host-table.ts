import type { Clock, Timer } from '../../platform/clock.ts';
import type { Columns, RowOf } from '../../protocol/table.ts';
import { defineTable, type ExtensionTable } from '../plugins/define-table.ts';

/** A table of what systeminformation tells: how it is asked, and what its answer comes to. */
export interface HostTable<C extends Columns = Columns, D = unknown> {
  readonly name: string;
  readonly description: string;
  readonly columns: C;
  /** Asks the host, which may start programs and take seconds. */
  read(): Promise<D>;
  rows(data: D): readonly RowOf<C>[];
}

/** Declares a table; types of rows follow from its columns. */
export const hostTable = <const C extends Columns, D>(table: HostTable<C, D>): HostTable<C, D> => table;

/** What calls need besides the host. */
export interface CallDeps {
  readonly clock: Clock;
  /** From the question to its answer. What is not there by then fails the query. */
  readonly deadline_ms: number;
  /** Told of calls that take longer than a second, every second; undefined: nobody wants to know. */
  readonly progress: ((message: string) => void) | undefined;
}

const progress_ms = 1000;

/**
 * The table as an extension serves it. Programs that a call started cannot be stopped from here, so whoever asks while
 * one is under way waits for the same answer: a program that hangs is started once.
 */
export const boundedTable = (table: HostTable, deps: CallDeps): ExtensionTable => {
  let underWay: Promise<unknown> | undefined;
  const ask = (): Promise<unknown> => {
    underWay ??= table.read().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  const { name, description, columns } = table;
  return defineTable({
    name,
    description,
    columns,
    generate: async () => table.rows(await within(ask(), name, deps)),
  });
};

const within = async <T>(answer: Promise<T>, name: string, deps: CallDeps): Promise<T> => {
  const { clock, deadline_ms, progress } = deps;
  const started_ms = clock.monotonicMs();
  const tell = (): void => {
    progress?.(`${name} has waited for ${Math.round((clock.monotonicMs() - started_ms) / 1000)} s`);
    ticking = clock.after(progress_ms, tell);
  };
  let ticking = clock.after(progress_ms, tell);
  let deadline: Timer | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    deadline = clock.after(deadline_ms, () => {
      reject(new Error(`the host did not answer within ${deadline_ms} ms; ask again later`));
    });
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    ticking.cancel();
    deadline?.cancel();
  }
};

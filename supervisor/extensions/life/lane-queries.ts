import type { ActorRef } from '../../../actors/types.ts';
import type { Budget } from '../../../protocol/budget.ts';
import type { ColumnType, ResultColumn } from '../../../protocol/cell.ts';
import { cutAtNul } from '../../../protocol/cut-at-nul.ts';
import {
  type ExtensionResponse,
  failedResponse,
  type PluginRow,
  succeeded,
} from '../../../protocol/extension/types.ts';
import type { Lease } from '../../../protocol/lease.ts';
import { rowsOfFrames } from '../../../protocol/row-batches.ts';
import type { QueryFailure } from '../../../protocol/run.ts';
import { rowText } from '../../ledger/rows.ts';
import { type CollectedRun, collectRun } from '../../schedule/collector.ts';
import type { Supervisor } from '../../supervisor.ts';
import type { AskedSql, ManagerMessage } from '../manager.ts';
import type { ExtensionRoster } from './extension-roster.ts';

/** What queries of extensions need. */
export interface LaneDeps {
  readonly ask: Supervisor['query'];
  readonly roster: ExtensionRoster;
  /** Of an interactive query. */
  readonly budget: Budget;
  /** What stands for NULL. */
  readonly nullvalue: () => string;
  readonly manager: () => ActorRef<ManagerMessage> | undefined;
}

/** An answer passes through the guard, which has other things to do: so large may it be, in MiB. */
const answer_mb = 1;

const isOverAnswer = ({ limit }: QueryFailure): boolean => limit === 'result_mb';

const insteadOfThis =
  `answers through the extension manager have at most ${answer_mb} MiB: ask for fewer rows or columns, ` +
  'or at the control socket (leash query, leashi --connect)';

/** Who asks by the shared socket cannot be told apart. */
const others = 'extensions_socket';

/** Runs what extensions ask: through the workforce, judged in the scope of the extension. */
export class LaneQueries {
  readonly #deps: LaneDeps;
  readonly #budget: Budget;
  /** The query that runs in the reserved lane, and its lease. */
  #running: { readonly id: number; readonly leaseId: string } | undefined;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
    this.#budget = { ...deps.budget, result_mb: Math.min(answer_mb, deps.budget.result_mb) };
  }

  /** Answers a call of `query`; `id` is that of the manager's lane. */
  async query(asked: AskedSql, id: number): Promise<ExtensionResponse> {
    const run = await this.#run(asked, (lease) => {
      this.#running = { id, leaseId: lease.leaseId };
    });
    this.#running = undefined;
    const { failure } = run.outcome;
    if (failure === undefined) return { status: succeeded(), response: rowsOf(run, this.#deps.nullvalue()) };
    return failedResponse(isOverAnswer(failure) ? `${failure.message}; ${insteadOfThis}` : failure.message);
  }

  /** Answers a call of `getQueryColumns`: what the statement would answer, without a row of it. */
  async columns(asked: AskedSql): Promise<ExtensionResponse> {
    const statement = asked.sql.trim().replace(/[\s;]+$/, '');
    const sql = `SELECT * FROM (\n${statement}\n) LIMIT 0`;
    const run = await this.#run({ ...asked, sql }, () => undefined);
    return run.outcome.failure === undefined
      ? { status: succeeded(), response: run.results.flatMap(({ columns }) => columns).map(columnRow) }
      : failedResponse(run.outcome.failure.message);
  }

  /** A lease reads tables of these extensions: if it is that of the lane, the manager has to know. */
  reads(lease: Lease, uuids: readonly number[]): void {
    const { roster, manager } = this.#deps;
    if (this.#running?.leaseId !== lease.leaseId) return;
    const doors = uuids.flatMap((uuid) => roster.attached.get(uuid)?.door.path ?? []);
    manager()?.tell({ type: 'reading', id: this.#running.id, doors });
  }

  /** What nobody waits for any more is cancelled, also when its turn comes after that. */
  #run({ sql, door, left }: AskedSql, started: (lease: Lease) => void): Promise<CollectedRun> {
    const { ask, roster } = this.#deps;
    const managed = roster.entries().find(({ extension }) => extension.door.path === door);
    const by = { extension: managed?.extension.name ?? others };
    return new Promise((resolve) => {
      const run = ask({ sql, by, budget: this.#budget }, { ...collectRun(resolve), started });
      if (left.aborted) run.cancel();
      else left.addEventListener('abort', () => run.cancel(), { once: true });
    });
  }
}

const rowsOf = ({ results }: CollectedRun, nullvalue: string): readonly PluginRow[] =>
  results.flatMap(({ columns, rowFrames }) =>
    rowsOfFrames(rowFrames).map(
      // SQL's NULL is a text in osquery's rows.
      (row): PluginRow =>
        new Map(columns.map(({ name }, index) => [name, cutAtNul(rowText(row[index] ?? null, nullvalue))])),
    ),
  );

const columnRow = ({ name, type }: ResultColumn): PluginRow => new Map([[name, typeNames[type]]]);

const typeNames: Readonly<Record<ColumnType, string>> = {
  TEXT: 'TEXT',
  INTEGER: 'INTEGER',
  BIGINT: 'BIGINT',
  UNSIGNED_BIGINT: 'UNSIGNED BIGINT',
  DOUBLE: 'DOUBLE',
  BLOB: 'BLOB',
  UNKNOWN: 'UNKNOWN',
};

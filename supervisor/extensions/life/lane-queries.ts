import type { ActorRef } from '../../../actors/types.ts';
import type { Budget } from '../../../protocol/budget.ts';
import type { CellRow, ColumnType, ResultColumn } from '../../../protocol/cell.ts';
import {
  type ExtensionResponse,
  failedResponse,
  type PluginRow,
  succeeded,
} from '../../../protocol/extension/types.ts';
import type { Lease } from '../../../protocol/lease.ts';
import { cellText } from '../../cell-text.ts';
import { type CollectedRun, collectRun } from '../../schedule/collector.ts';
import type { Supervisor } from '../../supervisor.ts';
import type { ManagerMessage } from '../manager.ts';
import type { ExtensionRoster } from './extension-roster.ts';

/** What queries of extensions need. */
export interface LaneDeps {
  readonly ask: Supervisor['query'];
  readonly roster: ExtensionRoster;
  /** Of an interactive query. */
  readonly budget: Budget;
  readonly manager: () => ActorRef<ManagerMessage> | undefined;
}

/** An answer passes through the guard, which has other things to do: so large may it be, in MiB. */
const answer_mb = 1;

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
  async query(sql: string, id: number, door: string): Promise<ExtensionResponse> {
    const run = await this.#run(sql, door, (lease) => {
      this.#running = { id, leaseId: lease.leaseId };
    });
    this.#running = undefined;
    return run.outcome.failure === undefined
      ? { status: succeeded(), response: rowsOf(run) }
      : failedResponse(run.outcome.failure.message);
  }

  /** Answers a call of `getQueryColumns`: what the statement would answer, without a row of it. */
  async columns(sql: string, door: string): Promise<ExtensionResponse> {
    const statement = sql.trim().replace(/[\s;]+$/, '');
    const run = await this.#run(`SELECT * FROM (\n${statement}\n) LIMIT 0`, door, () => undefined);
    return run.outcome.failure === undefined
      ? { status: succeeded(), response: run.columns.map(columnRow) }
      : failedResponse(run.outcome.failure.message);
  }

  /** A lease reads tables of these extensions: if it is that of the lane, the manager has to know. */
  reads(lease: Lease, uuids: readonly number[]): void {
    const { roster, manager } = this.#deps;
    if (this.#running?.leaseId !== lease.leaseId) return;
    const doors = uuids.flatMap((uuid) => roster.attached.get(uuid)?.door.path ?? []);
    manager()?.tell({ type: 'reading', id: this.#running.id, doors });
  }

  #run(sql: string, door: string, started: (lease: Lease) => void): Promise<CollectedRun> {
    const { ask, roster } = this.#deps;
    const managed = roster.entries().find(({ extension }) => extension.door.path === door);
    const by = { extension: managed?.extension.name ?? others };
    return new Promise((resolve) => {
      ask({ sql, by, budget: this.#budget }, { ...collectRun(resolve), started });
    });
  }
}

const rowsOf = ({ columns, rowFrames }: CollectedRun): readonly PluginRow[] =>
  rowFrames.flatMap((frame) => {
    const rows = JSON.parse(Buffer.from(frame).toString('utf8')) as readonly CellRow[];
    return rows.map((row): PluginRow => {
      // SQL's NULL is an empty text in osquery's rows.
      return new Map(columns.map(({ name }, index) => [name, cellText(row[index] ?? null) ?? '']));
    });
  });

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

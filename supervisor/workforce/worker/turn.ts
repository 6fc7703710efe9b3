import type { ActorRef, Context } from '../../../actors/types.ts';
import type { ProcessHost, WorkerProcess } from '../../../platform/process-host.ts';
import type { ConfigTable } from '../../../protocol/config-tables.ts';
import type { Lease } from '../../../protocol/lease.ts';
import type { SupervisorTable } from '../../../protocol/supervisor-tables.ts';
import type { TableValue } from '../../../protocol/table.ts';
import type { TableChoice } from '../../../protocol/table-choice.ts';
import type { WorkerExitCause } from '../../../protocol/worker-exit.ts';
import type { ExtensionBoard } from '../../extensions/extension-board.ts';
import type { Judge } from '../../watchdog/judge.ts';
import type { WatchDeps } from '../../watchdog/watch.ts';
import type { LeaseEnd, WorkerMessage, WorkforceMessage } from '../messages.ts';
import type { Roster } from '../roster.ts';
import type { ConfigTableBoard } from '../told-config.ts';
import type { Run } from './run.ts';

/** A process that has not gone this long after SIGKILL is blocked in the kernel (state D). */
const unkillable_after_ms = 2_000;

/** What a worker actor needs from the rest of the supervisor. */
export interface WorkerDeps extends WatchDeps {
  readonly processHost: ProcessHost;
  readonly judge: Judge;
  readonly roster: Roster;
  readonly extensions: ExtensionBoard;
  readonly configTables: ConfigTableBoard;
  /** Absent: all tables can be queried. */
  readonly tableChoice?: TableChoice | undefined;
  readonly log: (severity: 'info' | 'warning' | 'error', message: string) => void;
  readonly supervisorRows: (
    table: SupervisorTable,
    key: string | undefined,
  ) => readonly Readonly<Record<string, TableValue>>[];
}

/** `starting → idle → leased → draining → dead`; `draining` has been sent SIGKILL or `exit`. */
export type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'idle' }
  | { readonly name: 'leased'; readonly run: Run }
  | {
      readonly name: 'draining';
      readonly was: 'starting' | 'ready';
      readonly cause: WorkerExitCause;
      readonly ends?: PendingEnd;
    };

/** A lease stays open in the store until its process is gone, so that a new supervisor would find the process. */
interface PendingEnd {
  readonly lease: Lease;
  readonly end: LeaseEnd;
}

/** What a worker actor knows of its process. */
export interface State {
  readonly process: WorkerProcess | undefined;
  readonly phase: Phase;
  /** The extensions that the process knows of. */
  readonly told: ExtensionBoard['attached'];
  /** Of the config, as it was told. */
  readonly toldTables: readonly ConfigTable[];
}

/** One message's turn: who the worker is, what it can use, and the state that the turn began with. */
export interface Turn {
  readonly workerId: string;
  readonly workforce: ActorRef<WorkforceMessage>;
  readonly deps: WorkerDeps;
  readonly state: State;
  readonly context: Context<WorkerMessage>;
}

/** The phase of a process that was told to go, or killed. `ends`: the lease that ends with it. */
export const draining = (turn: Turn, cause: WorkerExitCause, ends?: PendingEnd): State => {
  const was = turn.state.phase.name === 'starting' ? 'starting' : 'ready';
  return {
    ...turn.state,
    phase: { name: 'draining', was, cause, ...(ends === undefined ? {} : { ends }) },
  };
};

/** Nothing is due any more but the exit; one that takes too long is told. */
export const awaitExit = (turn: Turn): void => {
  turn.context.cancelTimer('sample');
  turn.context.cancelTimer('start');
  turn.context.startTimer('kill', unkillable_after_ms, { type: 'kill_overdue' });
  turn.deps.roster.update(turn.workerId, { state: 'draining' });
};

/** Tells the workforce that a lease is over, and how. */
export const endLease = (turn: Turn, lease: Lease, end: LeaseEnd): void => {
  turn.workforce.tell({ type: 'lease_ended', workerId: turn.workerId, leaseId: lease.leaseId, end });
};

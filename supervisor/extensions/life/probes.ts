import type { ActorRef, Behaviour, Context } from '../../../actors/types.ts';
import type { CallFailure, ExtensionClient } from '../../../platform/extension-wire.ts';
import { columnsRequest } from '../../../protocol/extension/plugin-calls.ts';
import type { ExtensionResponse, ExtensionStatus } from '../../../protocol/extension/types.ts';
import { controlLimits } from '../../../protocol/extension/wire-limits.ts';
import { fail, type Result } from '../../../protocol/result.ts';
import type { ManagerMessage } from '../manager.ts';
import { type Registration, routeSocket } from '../registry.ts';
import {
  awayTables,
  firstTurns,
  type JudgedTable,
  judgeSilence,
  nextTurn,
  type TableTurns,
  tableAnswered,
} from './table-turns.ts';

/** To the actor that probes. The last three come from itself. */
export type ProbeMessage =
  | { readonly type: 'attached'; readonly registration: Registration }
  | { readonly type: 'detached'; readonly uuid: number }
  | { readonly type: 'probe'; readonly uuid: number }
  | {
      readonly type: 'answered';
      readonly uuid: number;
      readonly answer: Result<ExtensionStatus, CallFailure>;
    }
  | {
      readonly type: 'told_columns';
      readonly uuid: number;
      readonly table: string;
      readonly answer: Result<ExtensionResponse, CallFailure>;
    };

/** What probing needs. */
export interface ProbeDeps {
  readonly client: ExtensionClient;
  readonly manager: ActorRef<ManagerMessage>;
  /** `extensions_interval`. */
  readonly interval_ms: number;
  /** `extensions_timeout`: a socket that was never there may be missing for so long. */
  readonly timeout_ms: number;
  /** `thrift_timeout`: many extensions serve one connection at a time, and a busy one is not dead. */
  readonly answer_ms: number;
  readonly log: (severity: 'info' | 'warning', message: string) => void;
}

interface Probed {
  readonly registration: Registration;
  readonly since_ms: number;
  /** It answered once. */
  readonly seen: boolean;
  readonly turns: TableTurns;
}

type State = ReadonlyMap<number, Probed>;

/**
 * Pings every registered extension, one ping at a time each, on a connection of its own. By osquery's rule one that
 * fails after its socket was there once is taken off; so is one whose socket does not come in time. After a ping that
 * succeeded one of its tables is asked for its columns: a table that is not there any more is taken off alone.
 */
export const probes = (deps: ProbeDeps): Behaviour<ProbeMessage, State> => ({
  init: () => new Map(),
  receive: (state, message, context) => {
    switch (message.type) {
      case 'attached': {
        const { registration } = message;
        const { uuid } = registration;
        context.startTimer(String(uuid), deps.interval_ms, { type: 'probe', uuid });
        const probed = { registration, since_ms: context.clock.monotonicMs(), seen: false };
        return new Map(state).set(uuid, { ...probed, turns: firstTurns(registration.tables) });
      }
      case 'detached': {
        context.cancelTimer(String(message.uuid));
        const left = new Map(state);
        left.delete(message.uuid);
        return left;
      }
      case 'probe':
        ask(deps, state.get(message.uuid), context);
        return state;
      case 'answered':
        return answered(deps, state, message, context);
      case 'told_columns':
        return toldColumns(deps, state, message, context);
    }
  },
  describe: (state) => `${state.size} extensions are pinged`,
});

const ask = (
  { client, answer_ms }: ProbeDeps,
  probed: Probed | undefined,
  { self }: Context<ProbeMessage>,
): void => {
  if (probed === undefined) return;
  const { uuid } = probed.registration;
  const bounds = { deadline_ms: answer_ms, limits: controlLimits };
  void client
    .call(routeSocket(probed.registration), { method: 'ping' }, bounds)
    .catch(unreachable)
    .then((answer) => self.tell({ type: 'answered', uuid, answer }));
};

const unreachable = (error: unknown): { readonly ok: false; readonly error: CallFailure } =>
  fail({ reason: 'unreachable', message: String(error) });

const answered = (
  deps: ProbeDeps,
  state: State,
  { uuid, answer }: Extract<ProbeMessage, { type: 'answered' }>,
  context: Context<ProbeMessage>,
): State => {
  const probed = state.get(uuid);
  if (probed === undefined) return state;
  const waited_ms = context.clock.monotonicMs() - probed.since_ms;
  const mayCome =
    !probed.seen && !answer.ok && answer.error.reason === 'no_listener' && waited_ms < deps.timeout_ms;
  if (answer.ok || mayCome) {
    context.startTimer(String(uuid), deps.interval_ms, { type: 'probe', uuid });
    return new Map(state).set(uuid, answer.ok ? ponged(deps, probed, context) : probed);
  }
  const { name } = probed.registration.info;
  deps.log('warning', `What '${name}' registered is taken off: ${answer.error.message}.`);
  deps.manager.tell({ type: 'gone', uuid });
  return state;
};

/** It lives. What a table that gave no answer is worth is known now, and the next one is asked. */
const ponged = (deps: ProbeDeps, probed: Probed, context: Context<ProbeMessage>): Probed => {
  const [judged, judgement] = judgeSilence(probed.turns, context.clock.unixMs());
  tell(deps, probed.registration, judged, judgement);
  const [turns, table] = nextTurn(judged);
  if (table !== undefined) askTable(deps, probed.registration, table, context);
  return { ...probed, seen: true, turns };
};

const askTable = (
  { client, answer_ms }: ProbeDeps,
  registration: Registration,
  table: string,
  { self }: Context<ProbeMessage>,
): void => {
  const { uuid } = registration;
  const call = { method: 'call', registry: 'table', item: table, request: columnsRequest } as const;
  const bounds = { deadline_ms: answer_ms, limits: controlLimits };
  void client
    .call(routeSocket(registration), call, bounds)
    .catch(unreachable)
    .then((answer) => self.tell({ type: 'told_columns', uuid, table, answer }));
};

const toldColumns = (
  deps: ProbeDeps,
  state: State,
  { uuid, table, answer }: Extract<ProbeMessage, { type: 'told_columns' }>,
  { clock }: Context<ProbeMessage>,
): State => {
  const probed = state.get(uuid);
  if (probed === undefined) return state;
  const [turns, judgement] = tableAnswered(probed.turns, table, answer, clock.unixMs());
  tell(deps, probed.registration, turns, judgement);
  return new Map(state).set(uuid, { ...probed, turns });
};

/** Tells log and manager what a judgement changes. An extension of which nothing is left is taken off whole. */
const tell = (
  { log, manager }: ProbeDeps,
  { uuid, info, plugins }: Registration,
  turns: TableTurns,
  judgement: JudgedTable | undefined,
): void => {
  if (judgement === undefined) return;
  const { table, verdict, why, brokePromise } = judgement;
  const which = `Table '${table}' of extension '${info.name}'`;
  if (brokePromise) {
    const remedy = 'SQL keeps those until the extension is restarted';
    log('warning', `${which} tells other columns than it registered: ${remedy}.`);
  }
  const tables = awayTables(turns);
  switch (verdict) {
    case 'keep':
      return;
    case 'bring_back':
      log('info', `${which} tells its columns again: it is back.`);
      return void manager.tell({ type: 'away', uuid, tables });
    case 'take_off':
      if (tables.size < plugins.length) {
        log('warning', `${which} is taken off: it told no columns twice in a row (${why}).`);
        return void manager.tell({ type: 'away', uuid, tables });
      }
      log(
        'warning',
        `${which} was the last that told its columns: all that it registered is taken off (${why}).`,
      );
      return void manager.tell({ type: 'gone', uuid });
  }
};

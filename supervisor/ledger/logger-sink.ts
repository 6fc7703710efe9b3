import type { Behaviour, Context } from '../../actors/types.ts';
import type { StoreFailure } from '../../platform/guard-store.ts';
import type { Ledger, LoggerBatch, LoggerLine } from '../../platform/ledger.ts';
import { askAgainBackoff_ms } from '../../policies/restart-backoff.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import {
  type LoggerFeatures,
  loggerFeaturesRequest,
  logRequest,
  readLoggerFeatures,
} from '../../protocol/extension/plugin-calls.ts';
import type { ExtensionResponse } from '../../protocol/extension/types.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { PluginCaller } from '../extensions/plugin-caller.ts';
import type { ScheduleBook } from '../schedule/schedule-book.ts';
import { type StatusRelay, statusLogText } from './status-relay.ts';

/** Why a step came to nothing. */
interface Problem {
  readonly message: string;
}

/** To the actor of one logger plugin. The second group is what its own steps came to. */
export type LoggerSinkMessage =
  /** Lines were spooled. */
  | { readonly type: 'spooled' }
  | { readonly type: 'look' }
  | { readonly type: 'greeted'; readonly uuid: number; readonly result: Result<LoggerFeatures, Problem> }
  | { readonly type: 'taken'; readonly result: Result<LoggerBatch, StoreFailure> }
  | { readonly type: 'line_sent'; readonly id: number; readonly result: Result<void, Problem> }
  | { readonly type: 'statuses_sent'; readonly next: number; readonly result: Result<void, Problem> };

/** What the actor of a logger plugin needs. */
export interface LoggerSinkDeps {
  readonly name: string;
  readonly ledger: Pick<Ledger, 'take'>;
  readonly plugins: PluginCaller;
  readonly statuses: StatusRelay;
  readonly hostIdentifier: string;
  readonly book: Pick<ScheduleBook, 'spooledLines'>;
  readonly emit: (event: DaemonEvent) => void;
}

interface State {
  /** A step is under way; its end is a message. */
  busy: boolean;
  /** The process that was told of its start, and what it wants. */
  greeted: { readonly uuid: number; readonly features: LoggerFeatures } | undefined;
  /** Lines of the batch that are still to be sent, the next one first. */
  batch: readonly LoggerLine[];
  /** The last line that the plugin took and the store does not know of. */
  lastId: number | undefined;
  /** There may be more in the spool. */
  more: boolean;
  statusPosition: number;
  /** In a row. */
  failures: number;
  /** Monotonic milliseconds; until then the plugin rests, unless another process brings it. */
  restsUntil_ms: number;
  restsFrom: number | undefined;
  problem: string | undefined;
}

type SinkContext = Context<LoggerSinkMessage>;

/** osquery relays status lines every third second. While something is wrong we look whether the plugin is back. */
const statusEvery_ms = 3_000;
const lookEvery_ms = 1_000;
/** A logger that hangs for longer is asked again later; only its own lines wait. */
const call_ms = 30_000;
/** What osquery calls its daemon when a logger starts. */
const processName = 'osqueryd';

/**
 * Gives one logger plugin its lines, one call a line, one after another, in the order of the spool. The store learns of a
 * batch when it is through, or when it fails: a line may come twice, none is left out. A failing plugin rests for longer
 * and longer; a new process that brings it is asked at once, after it was told of its start.
 */
export const loggerSink = (deps: LoggerSinkDeps): Behaviour<LoggerSinkMessage, State> => ({
  init: (context) => {
    context.self.tell({ type: 'spooled' });
    return {
      busy: false,
      greeted: undefined,
      batch: [],
      lastId: undefined,
      more: false,
      statusPosition: 0,
      failures: 0,
      restsUntil_ms: 0,
      restsFrom: undefined,
      problem: undefined,
    };
  },
  receive: (state, message, context) => {
    receive(deps, state, message, context);
    if (!state.busy) goOn(deps, state, context);
    return state;
  },
  describe: ({ problem }) => problem ?? '',
});

const receive = (
  deps: LoggerSinkDeps,
  state: State,
  message: LoggerSinkMessage,
  context: SinkContext,
): void => {
  switch (message.type) {
    case 'spooled':
      state.more = true;
      return;
    case 'look':
      return;
    case 'greeted':
      state.busy = false;
      if (!message.result.ok) return failed(deps, state, message.result.error, context);
      state.greeted = { uuid: message.uuid, features: message.result.value };
      return;
    case 'taken':
      state.busy = false;
      if (!message.result.ok) return failed(deps, state, message.result.error, context);
      return taken(deps, state, message.result.value);
    case 'line_sent':
      state.busy = false;
      if (!message.result.ok) return failed(deps, state, message.result.error, context);
      state.lastId = message.id;
      state.batch = state.batch.slice(1);
      return succeeded(deps, state);
    case 'statuses_sent':
      state.busy = false;
      if (!message.result.ok) return failed(deps, state, message.result.error, context);
      state.statusPosition = message.next;
      return;
  }
};

/** The next step, if there is one. */
const goOn = (deps: LoggerSinkDeps, state: State, context: SinkContext): void => {
  const uuid = deps.plugins.bringer('logger', deps.name)?.uuid;
  if (context.clock.monotonicMs() < state.restsUntil_ms && uuid === state.restsFrom) {
    context.startTimer('look', lookEvery_ms, { type: 'look' });
    return;
  }
  if (uuid === undefined) return absent(deps, state, context);
  if (state.greeted?.uuid !== uuid) return greet(deps, state, uuid, context);
  if (state.greeted.features.status) {
    context.startTimer('look', statusEvery_ms, { type: 'look' });
    const statuses = deps.statuses.from(state.statusPosition);
    if (statuses.items.length > 0) return sendStatuses(deps, state, statuses, context);
  }
  const [next] = state.batch;
  if (next !== undefined) return sendLine(deps, state, next, context);
  if (state.more || state.lastId !== undefined) take(deps, state, context);
};

/** Before it was there once this is the daemon's start, which waits for it and says so. */
const absent = (deps: LoggerSinkDeps, state: State, context: SinkContext): void => {
  if (state.greeted === undefined && state.problem === undefined)
    return context.startTimer('look', lookEvery_ms, { type: 'look' });
  failed(deps, state, { message: 'no extension brings it at present.' }, context);
};

/** Tells a new process that it is the daemon's logger, and asks what it wants. What it answers to the first is its own affair. */
const greet = (
  { name, plugins }: LoggerSinkDeps,
  state: State,
  uuid: number,
  { self }: SinkContext,
): void => {
  state.busy = true;
  const ask = async (): Promise<Result<LoggerFeatures, Problem>> => {
    const init = logRequest({ kind: 'init', processName, log: '[]' });
    const started = await plugins.call('logger', name, init, call_ms);
    if (!started.ok) return started;
    const features = await plugins.call('logger', name, loggerFeaturesRequest, call_ms);
    if (!features.ok) return features;
    return ok(readLoggerFeatures(features.value.status.code));
  };
  void ask().then((result) => self.tell({ type: 'greeted', uuid, result }));
};

const take = ({ name, ledger }: LoggerSinkDeps, state: State, { self }: SinkContext): void => {
  state.busy = true;
  state.more = false;
  void ledger.take(name, state.lastId).then((result) => self.tell({ type: 'taken', result }));
};

const taken = (deps: LoggerSinkDeps, state: State, { lines, pending, tooLong }: LoggerBatch): void => {
  state.lastId = undefined;
  state.batch = lines;
  if (lines.length > 0) state.more = true;
  else succeeded(deps, state);
  deps.book.spooledLines = pending;
  if (tooLong > 0) {
    const message = `Logger '${deps.name}' does not get ${tooLong} lines: they are longer than 4 MiB. With logger_snapshot_event_type and logger_event_type each row is a line.`;
    deps.emit({ type: 'log', severity: 'warning', message });
  }
};

const sendLine = (
  { name, plugins }: LoggerSinkDeps,
  state: State,
  { id, log, line }: LoggerLine,
  { self }: SinkContext,
): void => {
  state.busy = true;
  const request = lineRequest(log, line);
  void plugins
    .call('logger', name, request, call_ms)
    .then((answer) => self.tell({ type: 'line_sent', id, result: accepted(answer) }));
};

/** As osquery asks: a snapshot has no category, a differential line that of an event. */
const lineRequest = (
  log: LoggerLine['log'],
  line: string | Uint8Array,
): ReadonlyMap<string, string | Uint8Array> =>
  log === 'snapshots'
    ? new Map([['snapshot', line]])
    : new Map([
        ['string', line],
        ['category', 'event'],
      ]);

/** A plugin that takes no status lines gets its results all the same. */
const sendStatuses = (
  { name, plugins, hostIdentifier }: LoggerSinkDeps,
  state: State,
  { items, next }: ReturnType<StatusRelay['from']>,
  { self }: SinkContext,
): void => {
  state.busy = true;
  const request = logRequest({ kind: 'status', log: statusLogText(items, hostIdentifier) });
  void plugins.call('logger', name, request, call_ms).then((answer) => {
    const result: Result<void, Problem> = answer.ok ? ok(undefined) : answer;
    self.tell({ type: 'statuses_sent', next, result });
  });
};

const accepted = (answer: Result<ExtensionResponse, Problem>): Result<void, Problem> => {
  if (!answer.ok) return answer;
  const { code, message } = answer.value.status;
  return code === 0 ? ok(undefined) : fail({ message: `it refuses a line: ${message} (code ${code}).` });
};

const succeeded = (deps: LoggerSinkDeps, state: State): void => {
  state.failures = 0;
  if (state.problem === undefined) return;
  state.problem = undefined;
  deps.emit({ type: 'log', severity: 'info', message: `Logger '${deps.name}' takes lines again.` });
};

/** What is left of the batch is read again: nobody knows how long that will be. */
const failed = (deps: LoggerSinkDeps, state: State, { message }: Problem, context: SinkContext): void => {
  const { clock, random } = context;
  const uuid = deps.plugins.bringer('logger', deps.name)?.uuid;
  state.batch = [];
  state.more = true;
  if (uuid !== undefined) state.failures += 1;
  const rest_ms = uuid === undefined ? lookEvery_ms : askAgainBackoff_ms(state.failures, random.fraction());
  state.restsUntil_ms = clock.monotonicMs() + rest_ms;
  state.restsFrom = uuid;
  context.startTimer('look', Math.min(rest_ms, lookEvery_ms), { type: 'look' });
  if (state.problem === undefined) {
    const text = `Logger '${deps.name}' takes no lines: ${message} They wait in the store.`;
    deps.emit({ type: 'log', severity: 'error', message: text });
  }
  state.problem = message;
};

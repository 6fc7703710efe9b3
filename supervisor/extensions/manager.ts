import type { ActorRef, Behaviour, Context } from '../../actors/index.ts';
import type { Reply } from '../../platform/extension-wire.ts';
import type { Answer, ManagerCall, PluginCall } from '../../protocol/extension/calls.ts';
import {
  type ExtensionOption,
  type ExtensionResponse,
  failedResponse,
  succeeded,
} from '../../protocol/extension/types.ts';
import type { CorePlugins, Door } from './check-registration.ts';
import { emptyLane, enter, type LaneQuery, leave, type QueryLane, read } from './query-lane.ts';
import {
  closeDoor,
  deregister,
  type ExtensionRegistry,
  emptyRegistry,
  forget,
  type Registration,
  type RegistryChange,
  type RegistryEffect,
  register,
  setAway,
} from './registry.ts';

/** SQL that somebody waits for. */
export interface AskedSql {
  readonly sql: string;
  /** The path by which it was asked. */
  readonly door: string;
  /** Aborted when whoever asked has hung up. */
  readonly left: AbortSignal;
}

/** What the manager is given of the daemon. Whatever it promises has a deadline of its own. */
export interface ManagerDeps {
  readonly core: CorePlugins;
  readonly defaultIndex: () => boolean;
  readonly options: () => ReadonlyMap<string, ExtensionOption>;
  /** Runs SQL in the reserved lane. `id` is what `reading` is told of. */
  readonly query: (asked: AskedSql, id: number) => Promise<ExtensionResponse>;
  /** Names and types of the columns that SQL would answer: one map of one member a column. */
  readonly queryColumns: (asked: AskedSql) => Promise<ExtensionResponse>;
  /** Calls a plugin of the daemon for an extension; an empty item is the active plugin of its registry. */
  readonly call: (call: PluginCall, door: Door) => Promise<ExtensionResponse>;
  /** Told of what came and went, in order. */
  readonly changed: (effect: RegistryEffect, registry: ExtensionRegistry) => void;
}

/** What the manager is told. */
export type ManagerMessage =
  | {
      readonly type: 'called';
      readonly door: Door;
      readonly call: ManagerCall;
      /** Aborted when whoever called has hung up. */
      readonly left: AbortSignal;
      readonly replyTo: ActorRef<Reply>;
    }
  /** The query of this id, which runs in the reserved lane, reads tables that came by these doors. */
  | { readonly type: 'reading'; readonly id: number; readonly doors: readonly string[] }
  /** The query that runs in the reserved lane has ended. */
  | { readonly type: 'queried'; readonly response: ExtensionResponse }
  /** An extension does not answer any more. */
  | { readonly type: 'gone'; readonly uuid: number }
  /** It answers, but for these tables, and no others. */
  | { readonly type: 'away'; readonly uuid: number; readonly tables: Registration['away'] }
  | { readonly type: 'door_closed'; readonly door: Door };

interface Asked extends AskedSql {
  readonly replyTo: ActorRef<Reply>;
}

interface ManagerState {
  readonly registry: ExtensionRegistry;
  readonly lane: QueryLane<Asked>;
  readonly nextId: number;
}

type ManagerContext = Context<ManagerMessage>;

/** The daemon's side of the protocol: what is registered, and who gets which answer. Sockets are other people's. */
export const extensionManager = (deps: ManagerDeps): Behaviour<ManagerMessage, ManagerState> => ({
  init: () => ({ registry: emptyRegistry, lane: emptyLane, nextId: 1 }),
  receive: (state, message, context) => {
    switch (message.type) {
      case 'called':
        return called(deps, state, message, context);
      case 'reading':
        return reading(state, message.id, message.doors);
      case 'queried':
        return queried(deps, state, message.response, context);
      case 'gone':
        return changed(deps, state, forget(state.registry, message.uuid));
      case 'away':
        return changed(deps, state, setAway(state.registry, message.uuid, message.tables));
      case 'door_closed':
        return changed(deps, state, closeDoor(state.registry, message.door));
    }
  },
  describe: ({ registry, lane }) =>
    `${registry.registrations.size} extensions, ${lane.waiting.length} queries wait`,
});

const called = (
  deps: ManagerDeps,
  state: ManagerState,
  { door, call, left, replyTo }: Extract<ManagerMessage, { type: 'called' }>,
  context: ManagerContext,
): ManagerState => {
  const answer = (value: Answer): ManagerState => {
    replyTo.tell({ kind: 'answer', answer: value });
    return state;
  };
  switch (call.method) {
    case 'ping':
      return answer({ method: 'ping', value: { ...succeeded(), message: 'pong' } });
    case 'shutdown':
      return answer({ method: 'shutdown', value: undefined });
    case 'extensions': {
      const { registrations } = state.registry;
      return answer({
        method: 'extensions',
        value: new Map([...registrations].map(([uuid, { info }]) => [uuid, info])),
      });
    }
    case 'options':
      return answer({ method: 'options', value: deps.options() });
    case 'registerExtension': {
      const facts = {
        core: deps.core,
        defaultIndex: deps.defaultIndex(),
        now_ms: context.clock.monotonicMs(),
        fraction: context.random.fraction(),
      };
      const change = register(state.registry, { door, info: call.info, routes: call.routes }, facts);
      answer({ method: 'registerExtension', value: change.status });
      return changed(deps, state, change);
    }
    case 'deregisterExtension': {
      const change = deregister(state.registry, door, call.uuid);
      answer({ method: 'deregisterExtension', value: change.status });
      return changed(deps, state, change);
    }
    case 'query':
      return takeQuery(deps, state, { sql: call.sql, door: door.path, left, replyTo }, context);
    case 'getQueryColumns':
      settle(deps.queryColumns({ sql: call.sql, door: door.path, left }), (value) =>
        answer({ method: 'getQueryColumns', value }),
      );
      return state;
    case 'call':
      settle(deps.call(call, door), (value) => answer({ method: 'call', value }));
      return state;
  }
};

const takeQuery = (
  deps: ManagerDeps,
  state: ManagerState,
  asked: Asked,
  context: ManagerContext,
): ManagerState => {
  const id = state.nextId;
  const query = { id, door: asked.door, asked };
  const [lane, admission] = enter(state.lane, query);
  if (admission.kind === 'refuse') {
    answerQuery(asked, failedResponse(admission.message));
    return state;
  }
  if (admission.kind === 'start') start(deps, query, context);
  return { ...state, lane, nextId: id + 1 };
};

const reading = (state: ManagerState, id: number, doors: readonly string[]): ManagerState => {
  if (state.lane.running?.id !== id) return state;
  const [lane, refused] = read(state.lane, doors);
  for (const { asked } of refused) {
    answerQuery(asked, failedResponse('a query that reads the tables of this extension is running'));
  }
  return { ...state, lane };
};

const queried = (
  deps: ManagerDeps,
  state: ManagerState,
  response: ExtensionResponse,
  context: ManagerContext,
): ManagerState => {
  const { running } = state.lane;
  if (running !== undefined) answerQuery(running.asked, response);
  const [lane, next] = leave(state.lane);
  if (next !== undefined) start(deps, next, context);
  return { ...state, lane };
};

const start = (deps: ManagerDeps, { id, asked }: LaneQuery<Asked>, { self }: ManagerContext): void =>
  settle(deps.query(asked, id), (response) => self.tell({ type: 'queried', response }));

const answerQuery = ({ replyTo }: Asked, value: ExtensionResponse): void =>
  void replyTo.tell({ kind: 'answer', answer: { method: 'query', value } });

/** Nobody is left without an answer: what goes wrong inside is a failure of the call. */
const settle = (answer: Promise<ExtensionResponse>, then: (response: ExtensionResponse) => void): void =>
  void answer.catch((error: unknown) => failedResponse(messageOf(error))).then(then);

const changed = (
  deps: ManagerDeps,
  state: ManagerState,
  { registry, effects }: RegistryChange,
): ManagerState => {
  for (const effect of effects) deps.changed(effect, registry);
  return { ...state, registry };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

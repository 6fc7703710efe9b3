import type { ActorRef, Behaviour, Context } from '../../../actors/types.ts';
import type { CallFailure, ExtensionClient } from '../../../platform/extension-wire.ts';
import type { ExtensionStatus } from '../../../protocol/extension/types.ts';
import { controlLimits } from '../../../protocol/extension/wire-limits.ts';
import type { Result } from '../../../protocol/result.ts';
import type { ManagerMessage } from '../manager.ts';
import { type Registration, routeSocket } from '../registry.ts';

/** To the actor that probes. The last two come from itself. */
export type ProbeMessage =
  | { readonly type: 'attached'; readonly registration: Registration }
  | { readonly type: 'detached'; readonly uuid: number }
  | { readonly type: 'probe'; readonly uuid: number }
  | {
      readonly type: 'answered';
      readonly uuid: number;
      readonly answer: Result<ExtensionStatus, CallFailure>;
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
  readonly log: (severity: 'warning', message: string) => void;
}

interface Probed {
  readonly registration: Registration;
  readonly since_ms: number;
  /** It answered once. */
  readonly seen: boolean;
}

type State = ReadonlyMap<number, Probed>;

/**
 * Pings every registered extension, one ping at a time each, on a connection of its own. By osquery's rule one that
 * fails after its socket was there once is taken off; so is one whose socket does not come in time.
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
        return new Map(state).set(uuid, probed);
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
    .catch((error: unknown) => {
      const failure: CallFailure = { reason: 'unreachable', message: String(error) };
      return { ok: false, error: failure } as const;
    })
    .then((answer) => self.tell({ type: 'answered', uuid, answer }));
};

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
    return new Map(state).set(uuid, { ...probed, seen: answer.ok || probed.seen });
  }
  const { name } = probed.registration.info;
  deps.log('warning', `What '${name}' registered is taken off: ${answer.error.message}.`);
  deps.manager.tell({ type: 'gone', uuid });
  return state;
};

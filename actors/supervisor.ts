import { backoff_ms } from './backoff.ts';
import { ChildRef } from './ref.ts';
import { addRestart, type RestartHistory } from './restart-intensity.ts';
import type {
  ActorRef,
  Behaviour,
  ChildContext,
  ChildSpec,
  Context,
  ExitReason,
  SupervisorSpec,
  Terminated,
} from './types.ts';

/** What a supervisor tells the system, for logs and counters. */
export interface SupervisorHooks {
  restarted(path: string): void;
  escalated(path: string, reason: ExitReason): void;
}

type Message =
  | {
      readonly type: 'child_ended';
      readonly id: string;
      readonly life: number;
      readonly terminated: Terminated;
    }
  | { readonly type: 'restart' };

interface Child {
  readonly spec: ChildSpec;
  ref: ActorRef<never> | undefined;
  /** The address that siblings keep across restarts. */
  stable: ChildRef<never> | undefined;
  /** Counts lives, so that a notice about a former one is recognised. */
  life: number;
  phase: 'running' | 'stopping' | 'down' | 'finished';
  failures: number;
}

interface State {
  readonly children: readonly Child[];
  history: RestartHistory;
}

/** Says what is wrong with a spec before anything is spawned. */
const validate = (spec: SupervisorSpec): void => {
  const ids = spec.children.map((child) => child.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`two children are called '${twice}'`);
  if (!(spec.intensity >= 0) || !(spec.period_ms > 0))
    throw new Error('intensity and period_ms must be positive');
};

/** The behaviour of a supervisor: starts its children in order and restarts what dies, by its strategy. */
export const supervisorBehaviour = (
  spec: SupervisorSpec,
  hooks: SupervisorHooks,
): Behaviour<Message, State> => {
  validate(spec);
  return {
    init: (context) => {
      const children = spec.children.map(
        (child): Child => ({
          spec: child,
          ref: undefined,
          stable: undefined,
          life: 0,
          phase: 'down',
          failures: 0,
        }),
      );
      for (const child of children) start(child, context);
      return { children, history: [] };
    },
    receive: (state, message, context) => {
      if (message.type === 'restart') restartDown(state, context, hooks);
      else childEnded(spec, hooks, state, message, context);
      return state;
    },
  };
};

const start = (child: Child, context: Context<Message>): void => {
  child.life += 1;
  const { life } = child;
  const { id } = child.spec;
  const childContext: ChildContext = {
    spawn: <ChildMessage, ChildState>(
      behaviour: Behaviour<ChildMessage, ChildState>,
      options?: Parameters<Context<Message>['spawn']>[2],
    ) => {
      const ref = context.spawn(id, behaviour, options);
      child.ref = ref;
      if (child.stable === undefined) {
        const stable = new ChildRef(ref);
        child.stable = stable;
        return stable;
      }
      // The spec's `start` spawns the same behaviour in every life, so the message type is the same too.
      const stable = child.stable as unknown as ChildRef<ChildMessage>;
      stable.becomes(ref);
      return stable;
    },
  };
  child.spec.start(childContext);
  if (child.ref === undefined) throw new Error(`'${id}' spawned no actor`);
  child.phase = 'running';
  context.watch(child.ref, (terminated) => ({ type: 'child_ended', id, life, terminated }));
};

const childEnded = (
  spec: SupervisorSpec,
  hooks: SupervisorHooks,
  state: State,
  message: Extract<Message, { type: 'child_ended' }>,
  context: Context<Message>,
): void => {
  const index = state.children.findIndex((child) => child.spec.id === message.id);
  const child = state.children[index];
  if (child === undefined || child.life !== message.life) return;
  if (child.phase === 'stopping') {
    child.phase = 'down';
    continueRestart(state, context);
    return;
  }
  if (!comesBack(child.spec, message.terminated.reason)) {
    child.phase = 'finished';
    return;
  }
  child.phase = 'down';
  child.failures += 1;
  const counted = addRestart(state.history, context.clock.monotonicMs(), spec);
  state.history = counted.history;
  if (counted.exceeded) {
    hooks.escalated(context.self.path, message.terminated.reason);
    throw new Error(
      `${message.terminated.path} died more than ${spec.intensity} times in ${spec.period_ms} ms`,
    );
  }
  if (spec.strategy === 'rest_for_one') {
    for (const later of state.children.slice(index + 1))
      if (later.phase === 'running') later.phase = 'stopping';
  }
  continueRestart(state, context);
};

const comesBack = (spec: ChildSpec, reason: ExitReason): boolean =>
  spec.restart === 'permanent' || (spec.restart === 'transient' && reason.kind === 'crashed');

/** Stops the youngest child that has to go; when none is left, the restart is due after its back-off. */
const continueRestart = (state: State, context: Context<Message>): void => {
  const youngest = state.children.findLast((child) => child.phase === 'stopping');
  if (youngest?.ref !== undefined) {
    context.stop(youngest.ref);
    return;
  }
  const waits = state.children
    .filter((child) => child.phase === 'down' && child.spec.backoff !== undefined)
    .map((child) => backoffOf(child, context));
  context.startTimer('restart', Math.max(0, ...waits), { type: 'restart' });
};

const backoffOf = (child: Child, context: Context<Message>): number =>
  child.spec.backoff === undefined || child.failures === 0
    ? 0
    : backoff_ms(child.spec.backoff, child.failures, context.random.fraction());

const restartDown = (state: State, context: Context<Message>, hooks: SupervisorHooks): void => {
  for (const child of state.children) {
    if (child.phase !== 'down') continue;
    hooks.restarted(`${context.self.path}/${child.spec.id}`);
    start(child, context);
  }
};

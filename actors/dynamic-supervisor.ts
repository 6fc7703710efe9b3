import { fail, ok } from '../protocol/result.ts';
import { type ChildEnded, ManagedChild } from './managed-child.ts';
import { narrow } from './narrow.ts';
import { addRestart, type RestartHistory } from './restart-intensity.ts';
import { escalation } from './supervisor.ts';
import type { DynamicOrder, DynamicSupervisorSpec } from './supervisor-spec.ts';
import type { ActorRef, Behaviour, Context } from './types.ts';
import { validateDynamic } from './validate-spec.ts';

type Message<Args, ChildMessage> =
  | DynamicOrder<Args, ChildMessage>
  | ChildEnded
  | { readonly type: 'restart'; readonly id: string };

interface State {
  readonly children: Map<string, ManagedChild>;
  history: RestartHistory;
  /** Children are numbered; no number comes twice. */
  started: number;
}

/**
 * The behaviour of a supervisor whose children are alike (OTP's simple_one_for_one): it starts with none, and
 * `start_child` makes one more of the arguments it carries. Throws when the spec is wrong.
 */
export const dynamicSupervisor = <Args, ChildMessage>(
  spec: DynamicSupervisorSpec<Args, ChildMessage>,
): Behaviour<DynamicOrder<Args, ChildMessage>, unknown> => {
  validateDynamic(spec);
  const behaviour: Behaviour<Message<Args, ChildMessage>, State> = {
    shutdown_ms: 'infinity',
    init: () => ({ children: new Map(), history: [], started: 0 }),
    receive: (state, message, context) => {
      switch (message.type) {
        case 'start_child':
          startChild(spec, state, message, context);
          break;
        case 'terminate_child':
          terminateChild(state, message.child, context);
          break;
        case 'child_ended':
          childEnded(spec, state, message, context);
          break;
        case 'restart':
          state.children.get(message.id)?.begin(context);
      }
      return state;
    },
    describe: ({ children, history }) =>
      `dynamic, ${children.size} of ${spec.maxChildren} children, ${history.length} of ${spec.intensity} restarts`,
  };
  return narrow(behaviour);
};

const startChild = <Args, ChildMessage>(
  spec: DynamicSupervisorSpec<Args, ChildMessage>,
  state: State,
  { args, replyTo }: Extract<DynamicOrder<Args, ChildMessage>, { type: 'start_child' }>,
  context: Context<Message<Args, ChildMessage>>,
): void => {
  const { path } = context.self;
  if (state.children.size >= spec.maxChildren) {
    const message = `${path} has ${spec.maxChildren} children and takes no more`;
    replyTo?.tell(fail({ reason: 'max_children', message }));
    return;
  }
  state.started += 1;
  const id = String(state.started);
  const born: { ref?: ActorRef<ChildMessage> } = {};
  const child = new ManagedChild({
    ...spec,
    id,
    start: (childContext) => {
      born.ref = spec.start(args, childContext);
      return born.ref;
    },
  });
  const failure = child.begin(context);
  if (failure === undefined && born.ref !== undefined) {
    state.children.set(id, child);
    replyTo?.tell(ok(born.ref));
    return;
  }
  const message = `${path}/${id} did not start: ${failure?.message ?? 'it spawned no actor'}`;
  replyTo?.tell(fail({ reason: 'start_failed', message }));
};

/** One that waits for its restart has no actor that could be stopped. */
const terminateChild = <Args, ChildMessage>(
  state: State,
  ref: ActorRef<ChildMessage>,
  context: Context<Message<Args, ChildMessage>>,
): void => {
  const child = state.children.get(ref.path.slice(ref.path.lastIndexOf('/') + 1));
  if (child?.answersTo(ref) !== true) return;
  if (child.phase === 'running') return child.stop(context);
  if (child.phase !== 'down') return;
  context.cancelTimer(`restart ${child.id}`);
  state.children.delete(child.id);
};

const childEnded = <Args, ChildMessage>(
  spec: DynamicSupervisorSpec<Args, ChildMessage>,
  state: State,
  ended: ChildEnded,
  context: Context<Message<Args, ChildMessage>>,
): void => {
  const { path, reason } = ended.terminated;
  const child = state.children.get(ended.id);
  if (child === undefined) return;
  if (child.phase === 'stopping' || !child.comesBack(reason)) {
    state.children.delete(ended.id);
    return;
  }
  const now_ms = context.clock.monotonicMs();
  const counted = addRestart(state.history, now_ms, spec);
  state.history = counted.history;
  if (counted.exceeded) throw escalation(spec, path, reason);
  child.wentDown(now_ms, spec.period_ms, context.random.fraction());
  context.startTimer(`restart ${child.id}`, child.wait_ms, { type: 'restart', id: child.id });
};

import { Escalation } from './escalation.ts';
import { type ChildEnded, ManagedChild } from './managed-child.ts';
import { narrow } from './narrow.ts';
import { addRestart, type RestartHistory } from './restart-intensity.ts';
import type { SupervisorSpec } from './supervisor-spec.ts';
import type { Behaviour, Context, ExitReason } from './types.ts';
import { validateSupervisor } from './validate-spec.ts';

/** `id` is absent where the strategy restarts several children together. */
type Message = ChildEnded | { readonly type: 'restart'; readonly id?: string };

interface State {
  readonly children: readonly ManagedChild[];
  history: RestartHistory;
}

/**
 * The behaviour of a supervisor: starts its children in order and restarts what dies, by its strategy. It may be
 * spawned anywhere, also as the child of another supervisor. Throws when the spec is wrong.
 */
export const supervisor = (spec: SupervisorSpec): Behaviour<never, unknown> => {
  validateSupervisor(spec);
  const behaviour: Behaviour<Message, State> = {
    shutdown_ms: 'infinity',
    init: (context) => {
      const children = spec.children.map((child) => new ManagedChild(child));
      for (const child of children) child.begin(context);
      return { children, history: [] };
    },
    receive: (state, message, context) => {
      const turn = new Turn(spec, state, context);
      if (message.type === 'restart') turn.restart(message.id);
      else turn.childEnded(message);
      return state;
    },
    describe: (state) => describe(spec, state),
  };
  return narrow(behaviour);
};

/** One message against the children. A class only to spare every step three parameters. */
class Turn {
  readonly #spec: SupervisorSpec;
  readonly #state: State;
  readonly #context: Context<Message>;

  constructor(spec: SupervisorSpec, state: State, context: Context<Message>) {
    this.#spec = spec;
    this.#state = state;
    this.#context = context;
  }

  childEnded(ended: ChildEnded): void {
    const child = this.#state.children.find(({ id }) => id === ended.id);
    if (child === undefined) return;
    const { reason } = ended.terminated;
    if (child.phase === 'stopping') {
      child.phase = child.restart === 'temporary' ? 'finished' : 'down';
      return this.#continueRestart();
    }
    if (child.comesBack(reason)) return this.#childCrashed(child, ended);
    child.phase = 'finished';
    if (this.#mustEnd(child)) this.#context.stopSelf('shutdown');
  }

  /** A wish to restart that comes while siblings are still ending comes again when they have ended. */
  restart(id: string | undefined): void {
    const { children } = this.#state;
    if (children.some(({ phase }) => phase === 'stopping')) return;
    for (const child of children) {
      if (child.phase === 'down' && (id === undefined || id === child.id)) child.begin(this.#context);
    }
  }

  #childCrashed(child: ManagedChild, { terminated }: ChildEnded): void {
    const { clock, random } = this.#context;
    const now_ms = clock.monotonicMs();
    const counted = addRestart(this.#state.history, now_ms, this.#spec);
    this.#state.history = counted.history;
    if (counted.exceeded) throw escalation(this.#spec, terminated.path, terminated.reason);
    child.wentDown(now_ms, this.#spec.period_ms, random.fraction());
    if (this.#spec.strategy === 'one_for_one') {
      this.#context.startTimer(`restart ${child.id}`, child.wait_ms, { type: 'restart', id: child.id });
      return;
    }
    for (const sibling of this.#sharingFateOf(child)) {
      if (sibling.phase === 'running') sibling.phase = 'stopping';
      else if (sibling.phase === 'finished' && sibling.restart !== 'temporary') sibling.phase = 'down';
    }
    this.#continueRestart();
  }

  #sharingFateOf(child: ManagedChild): readonly ManagedChild[] {
    const { children } = this.#state;
    const first = this.#spec.strategy === 'rest_for_one' ? children.indexOf(child) : 0;
    return children.slice(first).filter((sibling) => sibling !== child);
  }

  /** Stops the youngest child that has to go; when none is left, the restart is due after its back-off. */
  #continueRestart(): void {
    const { children } = this.#state;
    const youngest = children.findLast(({ phase }) => phase === 'stopping');
    if (youngest !== undefined) return youngest.stop(this.#context);
    const waits_ms = children.filter(({ phase }) => phase === 'down').map(({ wait_ms }) => wait_ms);
    this.#context.startTimer('restart', Math.max(0, ...waits_ms), { type: 'restart' });
  }

  #mustEnd(finished: ManagedChild): boolean {
    const significant = this.#spec.children.filter((child) => child.significant === true).map(({ id }) => id);
    if (!significant.includes(finished.id)) return false;
    if (this.#spec.autoShutdown === 'any_significant') return true;
    return this.#state.children
      .filter(({ id }) => significant.includes(id))
      .every(({ phase }) => phase === 'finished');
  }
}

/** What a supervisor throws when restarting does not help. */
export const escalation = (
  limit: { readonly intensity: number; readonly period_ms: number },
  path: string,
  reason: ExitReason,
): Escalation =>
  new Escalation(
    `${path} ended (${reason.kind}) after more than ${limit.intensity} restarts in ${limit.period_ms} ms`,
    reason,
  );

const describe = (spec: SupervisorSpec, { children, history }: State): string => {
  const away = children.filter(({ phase }) => phase !== 'running').map(({ id, phase }) => `${id} ${phase}`);
  const restarts = `${history.length} of ${spec.intensity} restarts`;
  return [spec.strategy, restarts, ...away].join(', ');
};

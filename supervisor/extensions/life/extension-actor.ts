import type { Behaviour, Context } from '../../../actors/types.ts';
import { judgeDeath } from '../../../policies/death.ts';
import { extensionScope } from '../../../protocol/extension/life.ts';
import type { Admission } from '../../denylist/denylist.ts';
import { ExtensionHands, type HandDeps } from './extension-hands.ts';
import { step } from './life-machine.ts';
import { firstState, type LifeEvent, type LifeFacts, type LifeState, type TimerKey } from './life-state.ts';
import { type ManagedExtension, pathHashOf } from './managed-extension.ts';
import type { ExtensionMessage } from './messages.ts';

/** What an extension's actor needs from the rest of the supervisor. */
export interface ExtensionDeps extends HandDeps {
  /** `extensions_timeout`: from the start to the first registration. */
  readonly timeout_ms: number;
  /** osquery's `watchdog_max_delay`, if it is set. */
  readonly longestBackoff_ms: number | undefined;
}

interface State {
  readonly machine: LifeState;
  readonly hands: ExtensionHands;
}

/** A life on probation passes when it has stayed within its budget for this long, and for its whole CPU window. */
const probation_ms = 60_000;

/**
 * The actor that is a managed extension: it opens its door, checks and starts it, watches its family, kills it when a
 * verdict says so, and starts it again. It outlives its processes; one at a time is alive. What follows what is decided
 * by life-machine.ts; this asks it and does what it says.
 */
export const extensionActor = (
  extension: ManagedExtension,
  deps: ExtensionDeps,
): Behaviour<ExtensionMessage, State> => ({
  init: (context) => {
    context.startTimer('start', 0, { type: 'timer', key: 'start' });
    return { machine: firstState, hands: new ExtensionHands(extension, deps, context) };
  },
  receive: (state, message, context) => {
    const event = eventOf(message, state, deps);
    if (event === undefined) return state;
    const [machine, effects] = step(state.machine, event, factsOf(extension, deps, context));
    deps.roster.update(extension.number, {
      state: machine.phase.name,
      restarts: Math.max(0, machine.lives - 1),
    });
    for (const effect of effects) state.hands.perform(effect);
    return { ...state, machine };
  },
  stopped: ({ hands }) => hands.letGo(),
  describe: ({ machine }) => `${extension.name} ${machine.phase.name}`,
});

const factsOf = (
  extension: ManagedExtension,
  { terms, denylist, timeout_ms, longestBackoff_ms }: ExtensionDeps,
  { clock, random }: Context<ExtensionMessage>,
): LifeFacts => ({
  now_ms: clock.monotonicMs(),
  nextLifeId: random.id(),
  admission: (): Admission['kind'] => {
    const wanted = terms(extension.name);
    // Terms that cannot be had are told by the start.
    if (!wanted.ok || !wanted.value.mayBeDenied) return 'run';
    const hash = pathHashOf(extension.path, wanted.value.budget);
    return denylist.admit(extensionScope(extension.name), hash, clock.unixMs()).kind;
  },
  fraction: random.fraction(),
  timeout_ms,
  longestBackoff_ms,
});

/** What a message comes to; undefined: nothing that changes the life. */
const eventOf = (
  message: ExtensionMessage,
  { machine, hands }: State,
  { roster }: ExtensionDeps,
): LifeEvent | undefined => {
  switch (message.type) {
    case 'timer':
      return timerEvents[message.key];
    case 'launched': {
      const { lifeId, outcome } = message;
      const { result } = outcome;
      // The life that it began may have been given up; what it came to is ours all the same.
      hands.launched(outcome);
      if (result.kind !== 'started') return { type: 'launched', lifeId, result: result.kind };
      const proof_ms = Math.max(probation_ms, result.living.life.budget.cpu_window_ms);
      const registered = roster.registeredBy(hands.extension.door.path).length > 0;
      return { type: 'launched', lifeId, result: 'started', proof_ms, registered };
    }
    case 'exited': {
      const { living } = hands;
      const isAlive = machine.phase.name === 'unregistered' || machine.phase.name === 'serving';
      // Why one is being ended is known already.
      if (machine.phase.name !== 'draining') hands.exited(message.exit);
      if (living?.life.lifeId === message.lifeId && isAlive) {
        const cgroupOomKills = living.family.oomKills();
        const cause = judgeDeath({ ...message.exit, stderrTail: '', cgroupOomKills });
        const measured = (living.watch.last?.private_bytes ?? 0) / 2 ** 20;
        const limit = living.life.budget.memory_mb;
        if (cause === 'cgroup_oom') return { type: 'broke', finding: { reason: cause, limit, measured } };
      }
      return { type: 'exited', lifeId: message.lifeId };
    }
    case 'sampled': {
      const { living } = hands;
      if (living?.life.lifeId !== message.lifeId) return undefined;
      const judgement = hands.sampled(living, message.sample);
      return judgement.kind === 'kill' ? { type: 'broke', finding: judgement } : { type: 'within' };
    }
    case 'registered':
      return { type: 'registered' };
    case 'withdrawn':
      return { type: 'withdrawn', left: roster.registeredBy(hands.extension.door.path).length };
    case 'hung':
      return { type: 'broke', finding: message.finding };
    case 'said_goodbye':
      return message;
    case 'family_ended':
      hands.survivors = message.end.survivors;
      return { type: 'family_ended', lifeId: message.lifeId, survivors: message.end.survivors.length };
    case 'retire':
      hands.retiredTo = message.replyTo;
      return { type: 'retire' };
  }
};

const timerEvents: Readonly<Record<TimerKey, LifeEvent>> = {
  start: { type: 'start_due' },
  look: { type: 'look_due' },
  register: { type: 'register_overdue' },
  proof: { type: 'proved' },
  term: { type: 'term_overdue' },
};

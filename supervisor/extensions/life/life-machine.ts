import { afterEnd, type LifeEnd } from './after-end.ts';
import type {
  Draining,
  LifeEffect,
  LifeEvent,
  LifeFacts,
  LifePhase,
  LifeState,
  LifeStep,
} from './life-state.ts';

/** From SIGTERM to SIGKILL, and from the call to end to SIGTERM. */
export const grace_ms = 2_000;
/** Who survives SIGKILL is killed again this often. */
const killAgain_ms = 30_000;
/** While the denylist forbids a start, it is asked this often: a person may clear the record. */
const askAgain_ms = 5_000;

/** One event against one state: the next state, and what has to be done. Decides everything and does nothing. */
export const step = (state: LifeState, event: LifeEvent, facts: LifeFacts): LifeStep => {
  const { phase } = state;
  if ('lifeId' in event && (!('lifeId' in phase) || phase.lifeId !== event.lifeId)) return [state, []];
  if (event.type === 'retire') return retire(state, facts);
  switch (phase.name) {
    case 'backing_off':
    case 'denied':
    case 'refused':
      return event.type === 'start_due' ? start(state, facts) : [state, []];
    case 'checking':
      return checking(state, phase, event, facts);
    case 'unregistered':
    case 'serving':
      return alive(state, phase, event, facts);
    case 'draining':
      return draining(state, phase, event, facts);
    case 'dead':
      return [state, []];
  }
};

const start = (state: LifeState, { nextLifeId: lifeId, admission }: LifeFacts): LifeStep => {
  const admitted = admission();
  if (admitted === 'denied') return wait(state, 'denied', askAgain_ms);
  const phase: LifePhase = { name: 'checking', lifeId, exited: false };
  return [{ ...state, phase, onProbation: admitted === 'probation' }, [{ kind: 'launch', lifeId }]];
};

const checking = (
  state: LifeState,
  phase: Extract<LifePhase, { name: 'checking' }>,
  event: LifeEvent,
  facts: LifeFacts,
): LifeStep => {
  // The process may be gone before it is told that it was there.
  if (event.type === 'exited') return [{ ...state, phase: { ...phase, exited: true } }, []];
  if (event.type !== 'launched') return [state, []];
  if (event.result !== 'started') return rest(state, event.result, 0, facts);
  const startedAt_ms = facts.now_ms;
  const { lifeId } = phase;
  const next: LifeState = {
    ...state,
    lives: state.lives + 1,
    phase: { name: event.registered ? 'serving' : 'unregistered', lifeId, startedAt_ms },
  };
  if (phase.exited) return end(next, 'exited');
  if (state.retiring) return leave(next);
  const effects: LifeEffect[] = [{ kind: 'look_later' }];
  if (!event.registered) effects.push({ kind: 'timer', key: 'register', delay_ms: facts.timeout_ms });
  if (state.onProbation) effects.push({ kind: 'timer', key: 'proof', delay_ms: event.proof_ms });
  return [next, effects];
};

const alive = (
  state: LifeState,
  phase: Extract<LifePhase, { name: 'unregistered' | 'serving' }>,
  event: LifeEvent,
  { admission, timeout_ms }: LifeFacts,
): LifeStep => {
  switch (event.type) {
    case 'look_due':
      return [state, [{ kind: 'look' }]];
    case 'within':
      // An operator may have denied it meanwhile.
      return admission() === 'denied' ? end(state, 'denied') : [state, [{ kind: 'look_later' }]];
    case 'broke': {
      const [next, effects] = end(state, 'verdict');
      return [next, [{ kind: 'judge', finding: event.finding }, ...effects]];
    }
    case 'exited':
      return end(state, 'exited');
    case 'registered':
      return [{ ...state, phase: { ...phase, name: 'serving' } }, [{ kind: 'cancel', keys: ['register'] }]];
    case 'withdrawn':
      // It may come again: many extensions end by themselves when they are not known any more.
      if (event.left > 0 || phase.name === 'unregistered') return [state, []];
      return [
        { ...state, phase: { ...phase, name: 'unregistered' } },
        [{ kind: 'timer', key: 'register', delay_ms: timeout_ms }],
      ];
    case 'register_overdue':
      return phase.name === 'unregistered' ? end(state, 'not_registered') : [state, []];
    case 'proved':
      return [{ ...state, onProbation: false }, [{ kind: 'pass_probation' }]];
    case 'start_due':
    case 'launched':
    case 'said_goodbye':
    case 'term_overdue':
    case 'family_ended':
    case 'retire':
      return [state, []];
  }
};

const draining = (state: LifeState, phase: Draining, event: LifeEvent, facts: LifeFacts): LifeStep => {
  switch (event.type) {
    case 'exited': {
      const next: LifeState = { ...state, phase: { ...phase, killing: true } };
      return phase.killing ? [next, []] : [next, [{ kind: 'cancel', keys: ['term'] }, { kind: 'kill' }]];
    }
    case 'said_goodbye':
      if (phase.killing) return [state, []];
      return [state, [{ kind: 'terminate' }, { kind: 'timer', key: 'term', delay_ms: grace_ms }]];
    case 'term_overdue':
      return [{ ...state, phase: { ...phase, killing: true } }, [{ kind: 'kill' }]];
    case 'family_ended': {
      if (event.survivors === 0 || state.retiring) {
        const [next, effects] = rest(state, phase.end, facts.now_ms - phase.startedAt_ms, facts);
        return [next, [{ kind: 'bury' }, ...effects]];
      }
      return [
        state,
        [{ kind: 'announce_survivors' }, { kind: 'timer', key: 'term', delay_ms: killAgain_ms }],
      ];
    }
    case 'start_due':
    case 'launched':
    case 'broke':
    case 'look_due':
    case 'within':
    case 'registered':
    case 'withdrawn':
    case 'register_overdue':
    case 'proved':
    case 'retire':
      return [state, []];
  }
};

const watching: LifeEffect = { kind: 'cancel', keys: ['register', 'look', 'proof'] };

/** Takes off what it registered, and kills the family: also one whose leader is dead already. */
const end = (state: LifeState, cause: LifeEnd): LifeStep => [
  drained(state, cause, true),
  [watching, { kind: 'note_end', end: cause }, { kind: 'withdraw' }, { kind: 'kill' }],
];

/** In order: it is asked to end, told to, and what is left is killed. */
const leave = (state: LifeState): LifeStep => [
  drained(state, 'stopping', false),
  [
    watching,
    { kind: 'note_end', end: 'stopping' },
    { kind: 'goodbye' },
    { kind: 'timer', key: 'term', delay_ms: 2 * grace_ms },
  ],
];

const drained = (state: LifeState, cause: LifeEnd, killing: boolean): LifeState => {
  const { phase } = state;
  if (phase.name !== 'unregistered' && phase.name !== 'serving') return state;
  const { lifeId, startedAt_ms } = phase;
  return { ...state, phase: { name: 'draining', lifeId, startedAt_ms, end: cause, killing } };
};

/** Nothing of it is left: what comes next? */
const rest = (state: LifeState, cause: LifeEnd, lived_ms: number, facts: LifeFacts): LifeStep => {
  const next = afterEnd({
    end: state.retiring ? 'stopping' : cause,
    lived_ms,
    shortLives: state.shortLives,
    admission: facts.admission(),
    fraction: facts.fraction,
    longestBackoff_ms: facts.longestBackoff_ms,
  });
  const rested = { ...state, shortLives: next.shortLives, onProbation: false };
  if (next.phase === 'dead') return [{ ...rested, phase: { name: 'dead' } }, [{ kind: 'retired' }]];
  return wait(rested, next.phase, next.phase === 'denied' ? askAgain_ms : next.wait_ms);
};

const wait = (state: LifeState, name: 'backing_off' | 'denied' | 'refused', wait_ms: number): LifeStep => {
  const effects: LifeEffect[] = [{ kind: 'timer', key: 'start', delay_ms: wait_ms }];
  if (name !== state.phase.name) {
    effects.push({ kind: 'announce_wait', wait_ms, shortLives: state.shortLives });
  }
  return [{ ...state, phase: { name } }, effects];
};

const retire = (state: LifeState, facts: LifeFacts): LifeStep => {
  const retiring = { ...state, retiring: true };
  switch (state.phase.name) {
    case 'checking':
    case 'draining':
      return [retiring, []];
    case 'unregistered':
    case 'serving':
      return leave(retiring);
    case 'backing_off':
    case 'denied':
    case 'refused':
    case 'dead': {
      const [next, effects] = rest(retiring, 'stopping', 0, facts);
      return [next, [{ kind: 'cancel', keys: ['start'] }, ...effects]];
    }
  }
};

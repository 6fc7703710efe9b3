/** The life of an extension as decisions alone: every event against every state, with a clock that is a number. */
import fc from 'fast-check';
import t from 'tap';
import { step } from '../../../../supervisor/extensions/life/life-machine.ts';
import {
  firstState,
  type LifeEffect,
  type LifeEvent,
  type LifeFacts,
  type LifeState,
} from '../../../../supervisor/extensions/life/life-state.ts';

const facts = (change: Partial<LifeFacts> = {}): LifeFacts => ({
  now_ms: 0,
  nextLifeId: 'life',
  admission: () => 'run',
  fraction: 0.5,
  timeout_ms: 3_000,
  longestBackoff_ms: undefined,
  ...change,
});

const started: LifeEvent = {
  type: 'launched',
  lifeId: 'life',
  result: 'started',
  proof_ms: 60_000,
  registered: false,
};
const memory = { reason: 'memory_mb', limit: 500, measured: 501 } as const;

/** The state after these events, and all that was to be done. */
const after = (
  events: readonly (LifeEvent | readonly [LifeEvent, Partial<LifeFacts>])[],
  from: LifeState = firstState,
): {
  readonly state: LifeState;
  readonly effects: readonly LifeEffect[];
  readonly last: readonly LifeEffect[];
} => {
  let state = from;
  let last: readonly LifeEffect[] = [];
  const effects: LifeEffect[] = [];
  for (const each of events) {
    const [event, change] = 'type' in each ? [each, {}] : each;
    [state, last] = step(state, event, facts(change));
    effects.push(...last);
  }
  return { state, effects, last };
};

const kinds = (effects: readonly LifeEffect[]): readonly string[] => effects.map(({ kind }) => kind);
const serving = after([{ type: 'start_due' }, started, { type: 'registered' }]).state;

t.test('from the start to serving, and to the end of the daemon', async (t) => {
  const begun = after([{ type: 'start_due' }]);
  t.match(begun, { state: { phase: { name: 'checking' } }, last: [{ kind: 'launch', lifeId: 'life' }] });
  const running = after([started], begun.state);
  t.match(running.state, { phase: { name: 'unregistered' }, lives: 1 });
  t.match(running.last, [{ kind: 'look_later' }, { kind: 'timer', key: 'register', delay_ms: 3_000 }]);
  t.match(serving.phase, { name: 'serving' });
  const quick = after([{ type: 'start_due' }, { ...started, registered: true }]);
  t.match(
    quick,
    { state: { phase: { name: 'serving' } }, last: [{ kind: 'look_later' }] },
    'it was quicker than we',
  );
  const leaving = after([{ type: 'retire' }, { type: 'said_goodbye', lifeId: 'life' }], serving);
  t.strictSame(kinds(leaving.effects), ['cancel', 'note_end', 'goodbye', 'timer', 'terminate', 'timer']);
  const gone = after(
    [
      { type: 'exited', lifeId: 'life' },
      { type: 'family_ended', lifeId: 'life', survivors: 0 },
    ],
    leaving.state,
  );
  t.strictSame(
    kinds(gone.effects),
    ['cancel', 'kill', 'bury', 'retired'],
    'what it had started is ended too',
  );
  t.match(gone.state.phase, { name: 'dead' });
});

t.test('one that ignores SIGTERM is killed when its grace is over', async (t) => {
  const leaving = after([{ type: 'retire' }, { type: 'said_goodbye', lifeId: 'life' }], serving);
  t.match(leaving.last, [{ kind: 'terminate' }, { kind: 'timer', key: 'term', delay_ms: 2_000 }]);
  t.strictSame(kinds(after([{ type: 'term_overdue' }], leaving.state).last), ['kill']);
});

t.test('a verdict is stored before anything is done about it', async (t) => {
  const broke = after([{ type: 'broke', finding: memory }], serving);
  t.strictSame(kinds(broke.last), ['judge', 'cancel', 'note_end', 'withdraw', 'kill']);
  const denied = after(
    [[{ type: 'family_ended', lifeId: 'life', survivors: 0 }, { admission: () => 'denied' }]],
    broke.state,
  );
  t.match(denied, {
    state: { phase: { name: 'denied' } },
    last: [{ kind: 'bury' }, { key: 'start', delay_ms: 5_000 }, {}],
  });
  const still = after([[{ type: 'start_due' }, { admission: () => 'denied' }]], denied.state);
  t.match(still.state.phase, { name: 'denied' });
  t.strictSame(kinds(still.last), ['timer'], 'that is not told again');
  const probation = after([[{ type: 'start_due' }, { admission: () => 'probation' }], started], denied.state);
  t.match(probation.state, { onProbation: true });
  t.match(probation.last, [{}, {}, { kind: 'timer', key: 'proof', delay_ms: 60_000 }]);
  const proved = after([{ type: 'registered' }, { type: 'proved' }], probation.state);
  t.match(proved, { state: { onProbation: false }, last: [{ kind: 'pass_probation' }] });
});

t.test('a crash loop backs off, from a second to ten minutes, and is never denied', async (t) => {
  let state = firstState;
  const waits: number[] = [];
  for (let life = 0; life < 14; life += 1) {
    const lived = after(
      [
        { type: 'start_due' },
        started,
        { type: 'exited', lifeId: 'life' },
        { type: 'family_ended', lifeId: 'life', survivors: 0 },
      ],
      state,
    );
    ({ state } = lived);
    t.equal(state.phase.name, 'backing_off');
    const wait = lived.last.find((effect) => effect.kind === 'timer');
    waits.push(wait?.kind === 'timer' ? wait.delay_ms : -1);
  }
  t.strictSame(waits.slice(0, 5), [1_000, 2_000, 4_000, 8_000, 16_000]);
  t.strictSame(waits.slice(-2), [600_000, 600_000]);
  const good = after(
    [
      { type: 'start_due' },
      started,
      [{ type: 'exited', lifeId: 'life' }, { now_ms: 60_000 }],
      [{ type: 'family_ended', lifeId: 'life', survivors: 0 }, { now_ms: 60_000 }],
    ],
    state,
  );
  t.match(
    good.last,
    [{ kind: 'bury' }, { key: 'start', delay_ms: 1_000 }, { shortLives: 1 }],
    'a minute is a good life',
  );
});

t.test(
  'one that never registers, or whose registration is gone, is ended when its time is over',
  async (t) => {
    const silent = after([{ type: 'start_due' }, started, { type: 'register_overdue' }]);
    t.match(silent.state.phase, { name: 'draining', end: 'not_registered' });
    t.match(
      after([{ type: 'register_overdue' }], serving).state.phase,
      { name: 'serving' },
      'a timer of before',
    );
    t.match(after([{ type: 'withdrawn', left: 1 }], serving).state.phase, { name: 'serving' });
    const withdrawn = after([{ type: 'withdrawn', left: 0 }], serving);
    t.match(withdrawn, {
      state: { phase: { name: 'unregistered' } },
      last: [{ kind: 'timer', key: 'register' }],
    });
  },
);

t.test(
  'a file that is refused is looked at again, and what could not be started is tried again',
  async (t) => {
    const refused = after([{ type: 'start_due' }, { type: 'launched', lifeId: 'life', result: 'refused' }]);
    t.match(refused, {
      state: { phase: { name: 'refused' } },
      last: [{ kind: 'timer', key: 'start', delay_ms: 30_000 }, {}],
    });
    const failed = after([
      { type: 'start_due' },
      { type: 'launched', lifeId: 'life', result: 'not_started' },
    ]);
    t.match(failed, { state: { phase: { name: 'backing_off' }, shortLives: 1 } });
  },
);

t.test('who outlives SIGKILL is killed again, and not started beside itself', async (t) => {
  const stuck = after(
    [
      { type: 'broke', finding: memory },
      { type: 'family_ended', lifeId: 'life', survivors: 1 },
    ],
    serving,
  );
  t.match(stuck, {
    state: { phase: { name: 'draining' } },
    last: [{ kind: 'announce_survivors' }, { key: 'term', delay_ms: 30_000 }],
  });
  t.strictSame(kinds(after([{ type: 'term_overdue' }], stuck.state).last), ['kill']);
});

t.test('an operator who denies it ends it', async (t) => {
  t.strictSame(kinds(after([{ type: 'within' }], serving).last), ['look_later']);
  const denied = after([[{ type: 'within' }, { admission: () => 'denied' }]], serving);
  t.match(denied.state.phase, { name: 'draining', end: 'denied' });
});

t.test('the daemon stops while it starts, and while it waits', async (t) => {
  const starting = after([{ type: 'start_due' }, { type: 'retire' }, started]);
  t.match(starting.state.phase, { name: 'draining', end: 'stopping' });
  t.match(after([{ type: 'retire' }]).state.phase, { name: 'dead' });
  t.strictSame(kinds(after([{ type: 'retire' }]).last), ['cancel', 'retired']);
  const early = after([{ type: 'start_due' }, { type: 'exited', lifeId: 'life' }, started]);
  t.match(
    early.state.phase,
    { name: 'draining', end: 'exited' },
    'gone before it was told that it was there',
  );
});

t.test(
  'whatever happens: one launch at a time, no life without a verdict that was stored first',
  async () => {
    const ids = fc.constantFrom('life', 'former');
    const event: fc.Arbitrary<LifeEvent> = fc.oneof(
      fc.constantFrom<LifeEvent>(
        { type: 'start_due' },
        { type: 'look_due' },
        { type: 'within' },
        { type: 'registered' },
        { type: 'register_overdue' },
        { type: 'proved' },
        { type: 'term_overdue' },
        { type: 'broke', finding: memory },
      ),
      ids.map((lifeId): LifeEvent => ({ ...started, lifeId })),
      ids.map((lifeId): LifeEvent => ({ type: 'launched', lifeId, result: 'refused' })),
      ids.map((lifeId): LifeEvent => ({ type: 'exited', lifeId })),
      ids.map((lifeId): LifeEvent => ({ type: 'said_goodbye', lifeId })),
      fc
        .tuple(ids, fc.nat({ max: 1 }))
        .map(([lifeId, survivors]): LifeEvent => ({ type: 'family_ended', lifeId, survivors })),
      fc.nat({ max: 1 }).map((left): LifeEvent => ({ type: 'withdrawn', left })),
    );
    const admission = fc.constantFrom('run' as const, 'denied' as const, 'probation' as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(event, admission), { maxLength: 60 }), (events) => {
        let state = firstState;
        let alive = 0;
        let launching = 0;
        for (const [event, admitted] of events) {
          const before = state.phase.name;
          const [next, effects] = step(state, event, facts({ admission: () => admitted }));
          for (const { kind } of effects) {
            if (kind === 'launch') launching += 1;
            if (kind === 'bury') alive -= 1;
          }
          if (effects.some(({ kind }) => kind === 'launch') && admitted === 'denied') return false;
          if (before === 'checking' && next.phase.name !== 'checking') launching -= 1;
          if (before === 'checking' && next.lives > state.lives) alive += 1;
          if (launching + alive > 1 || alive < 0) return false;
          const judged = effects.findIndex(({ kind }) => kind === 'judge');
          const killed = effects.findIndex(({ kind }) => kind === 'kill');
          if (judged >= 0 && killed < judged) return false;
          state = next;
        }
        return true;
      }),
      { numRuns: 2_000 },
    );
  },
);

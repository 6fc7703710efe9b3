import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { ActorRef, RestartType, Strategy } from '../../actors/types.ts';
import { type Order, player, setStage } from './stage.ts';

interface Plan {
  readonly strategy: Strategy;
  readonly restarts: readonly RestartType[];
  readonly intensity: number;
  readonly period_ms: number;
  readonly steps: readonly Step[];
}

interface Step {
  readonly child: number;
  readonly what: 'crash' | 'leave' | 'kill';
  readonly wait_ms: number;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  strategy: fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one'),
  restarts: fc.array(fc.constantFrom<RestartType>('permanent', 'transient', 'temporary'), {
    minLength: 1,
    maxLength: 5,
  }),
  intensity: fc.integer({ min: 0, max: 4 }),
  period_ms: fc.integer({ min: 1, max: 100 }),
  steps: fc.array(
    fc.record({
      child: fc.nat({ max: 4 }),
      what: fc.constantFrom<Step['what']>('crash', 'leave', 'kill'),
      wait_ms: fc.nat({ max: 60 }),
    }),
    { maxLength: 30 },
  ),
});

/** What OTP's documentation says of supervisors, in the plainest words: who runs after each step. */
class Model {
  readonly #plan: Plan;
  readonly running: Set<number>;
  readonly #deaths_ms: number[] = [];
  #now_ms = 0;
  gaveUp = false;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.running = new Set(plan.restarts.keys());
  }

  step({ child, what, wait_ms }: Step): void {
    if (this.running.has(child)) this.#died(child, what);
    this.#now_ms += wait_ms;
  }

  #died(child: number, what: Step['what']): void {
    const { restarts, strategy, intensity, period_ms } = this.#plan;
    const comesBack =
      restarts[child] === 'permanent' || (restarts[child] === 'transient' && what !== 'leave');
    if (!comesBack) {
      this.running.delete(child);
      return;
    }
    this.#deaths_ms.push(this.#now_ms);
    const recent = this.#deaths_ms.filter((at_ms) => this.#now_ms - at_ms <= period_ms);
    if (recent.length > intensity) {
      this.gaveUp = true;
      this.running.clear();
      return;
    }
    if (strategy === 'one_for_one') return;
    restarts.forEach((type, sibling) => {
      if (sibling === child || (strategy === 'rest_for_one' && sibling < child)) return;
      if (type === 'temporary') this.running.delete(sibling);
      else this.running.add(sibling);
    });
  }
}

t.test('who runs, and in which order they came and went, is as OTP says', async (t) => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const { clock, system, events } = setStage();
        const refs = new Map<number, ActorRef<Order>>();
        system.supervise('house', {
          ...given,
          children: given.restarts.map((restart, child) => ({
            id: `${child}`,
            restart,
            start: (context) => {
              const ref = context.spawn(player(`${child}`, events));
              refs.set(child, ref);
              return ref;
            },
          })),
        });
        const hangman = system.spawn('hangman', player('hangman', []));
        const model = new Model(given);
        for (const step of given.steps) {
          const victim = refs.get(step.child);
          events.length = 0;
          if (step.what === 'kill') hangman.tell({ run: (context) => victim && context.kill(victim) });
          else victim?.tell(step.what);
          await clock.advance(0);
          await clock.advance(step.wait_ms);
          model.step(step);
          const paths = system.status().map(({ path }) => path);
          const expected = [...model.running].map((child) => `/house/${child}`);
          deepEqual(paths.filter((path) => path.startsWith('/house/')).toSorted(), expected.toSorted());
          equal(paths.includes('/house'), !model.gaveUp);
          const came = events.filter((event) => event.startsWith('+'));
          deepEqual(came, came.toSorted(), 'started in order');
          const stopped = events.filter((event) => event.endsWith(' shutdown'));
          if (!model.gaveUp) deepEqual(stopped, stopped.toSorted().toReversed(), 'stopped in reverse');
        }
        await system.stop();
        deepEqual(system.status(), []);
      }),
      { numRuns: 300 },
    ),
  );
});

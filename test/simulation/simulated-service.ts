import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { Victim } from './apply-faults.ts';
import type { Lifeline } from './lifeline.ts';
import { type Ask, budgetOf, type Command, type Statement } from './scenario.ts';
import { lifelineIn, startOn } from './simulated-supervisor.ts';
import type { World } from './world.ts';

/** A supervisor that died, or could not start, is started again after this long, by systemd say. */
const startAgain_ms = 500;

/** The supervisor as a service of the world: it is started, dies, and is started again. */
export class SimulatedService implements Victim {
  readonly #world: World;
  #lifeline: Lifeline | undefined;
  #supervisor: Supervisor | undefined;
  #nextAsk = 1;

  constructor(world: World) {
    this.#world = world;
  }

  get isUp(): boolean {
    return this.#supervisor !== undefined;
  }

  start(): void {
    const { clock } = this.#world;
    const again = (): void => void clock.after(startAgain_ms, () => this.start());
    const lifeline = lifelineIn(this.#world, () => {
      this.#supervisor = undefined;
      again();
    });
    this.#lifeline = lifeline;
    void startOn(this.#world, lifeline).then((started) => {
      if (lifeline.isDead) return;
      if (started.ok) {
        this.#supervisor = started.value;
        return;
      }
      this.#world.note({ type: 'supervisor_failed_to_start' });
      lifeline.end();
      again();
    });
  }

  kill(): void {
    this.#lifeline?.die();
  }

  holdUp(for_ms: number): void {
    this.#lifeline?.holdUp(this.#world.clock.monotonicMs() + for_ms);
  }

  /** Nobody hears a question while the supervisor is away. */
  ask({ name, cancelAfter_ms, readsAfter_ms }: Ask, statement: Statement): void {
    const lifeline = this.#lifeline;
    const supervisor = this.#supervisor;
    if (supervisor === undefined || lifeline === undefined) return;
    const askId = this.#nextAsk;
    this.#nextAsk += 1;
    this.#world.note({ type: 'asked', askId, sql: name });
    let slow = readsAfter_ms > 0;
    const run = supervisor.query(
      { sql: name, uid: 0, budget: budgetOf(statement) },
      {
        columns: () => undefined,
        rows: () => {
          if (!slow) return 'more';
          slow = false;
          lifeline.clock.after(readsAfter_ms, () => run.resume());
          return 'wait';
        },
        done: (outcome) => {
          if (!lifeline.isDead) this.#world.note({ type: 'was_answered', askId, sql: name, outcome });
        },
      },
    );
    if (cancelAfter_ms === undefined) return;
    lifeline.clock.after(cancelAfter_ms, () => {
      this.#world.note({ type: 'cancelled', askId, sql: name });
      run.cancel();
    });
  }

  command({ kind, name, for_ms }: Command): void {
    const { denylist, book } = this.#supervisor ?? {};
    const entry = book?.get(name);
    if (denylist === undefined || entry === undefined) return;
    const { scope, sqlHash, query } = entry;
    if (kind === 'clear') denylist.clear(name);
    else denylist.add({ scope, sqlHash, queryId: name, sql: query.sql }, for_ms, this.#world.clock.unixMs());
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    this.#world.note({ type: 'supervisor_stops' });
    await this.#supervisor?.stop();
  }
}

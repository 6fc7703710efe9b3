import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { Victim } from './apply-faults.ts';
import type { Lifeline } from './lifeline.ts';
import { type Ask, budgetOf, type Command, type Statement } from './scenario.ts';
import { askedIn, lifelineIn, startOn } from './simulated-supervisor.ts';
import type { Happening, World } from './world.ts';

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
      { sql: name, by: { uid: 0 }, budget: budgetOf(statement) },
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

  command(command: Command): void {
    const { denylist, book, overrides } = this.#supervisor ?? {};
    const entry = book?.get(command.name);
    if (denylist === undefined || overrides === undefined || entry === undefined) return;
    const { scope, sqlHash, query } = entry;
    const { name } = command;
    switch (command.kind) {
      case 'deny':
        return denylist.add(
          { scope, sqlHash, queryId: name, sql: query.sql },
          command.for_ms,
          this.#world.clock.unixMs(),
        );
      case 'clear':
        return void denylist.clear(name);
      case 'override': {
        const { limits, for_ms } = command;
        const set = overrides.set({ queryId: name, limits, for_ms, uid: 0 });
        return this.#heard(set.ok && { type: 'override_set', override: set.value });
      }
      case 'take_back':
        return this.#heard(overrides.clear(name).ok && { type: 'override_taken_back', name });
    }
  }

  /** The config's file has another schedule, and whoever is up is told so. */
  reload(schedule: readonly ScheduledQuery[]): void {
    this.#world.schedule = schedule;
    const supervisor = this.#supervisor;
    if (supervisor === undefined) return;
    const before = supervisor.book.entries();
    const { ok } = supervisor.reschedule(askedIn(this.#world), this.#world.options.splayPercent ?? 0);
    const after = supervisor.book.entries();
    this.#heard({ type: 'rescheduled', schedule, ok, before, after });
  }

  /** Whoever died in the middle of an answer gave none. */
  #heard(answer: Happening | false): void {
    if (answer !== false && this.#lifeline?.isDead === false) this.#world.note(answer);
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    this.#world.note({ type: 'supervisor_stops', entries: this.#supervisor?.book.entries() ?? [] });
    await this.#supervisor?.stop();
  }
}

import type { Clock } from '../platform/clock.ts';

/** Messages that one actor takes before the next one has its turn. */
const perTurn = 100;
/** Messages taken before I/O is served again: some two milliseconds of small messages. */
const perBatch = 10_000;

interface Turning {
  turn(budget: number): number;
}

/** Gives actors their turns, round robin, without starving the I/O of the process. */
export class Dispatcher {
  readonly #clock: Clock;
  #ready: Turning[] = [];
  #running = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly dispatch = (cell: Turning): void => {
    this.#ready.push(cell);
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(this.#batch);
  };

  readonly #batch = (): void => {
    let left = perBatch;
    while (this.#ready.length > 0) {
      const round = this.#ready;
      this.#ready = [];
      for (let index = 0; index < round.length; index += 1) {
        const cell = round[index];
        if (cell !== undefined) left -= cell.turn(perTurn);
        if (left <= 0) {
          this.#ready = round.slice(index + 1).concat(this.#ready);
          this.#clock.soon(this.#batch);
          return;
        }
      }
    }
    this.#running = false;
  };
}

import type { Decorators } from '../config/config.ts';

/** The decorators of the config and what they said last, as data: written by their actor, read for every result line. */
export class DecoratorBoard {
  #sources: readonly Decorators[] = [];
  /** By source, then by column. */
  #values = new Map<string, ReadonlyMap<string, string>>();
  #isSettled = true;
  #waiting: (() => void)[] = [];

  constructor(sources: readonly Decorators[]) {
    this.replace(sources);
  }

  /** The decorators of another config. What those of the former one said is forgotten, and lines wait for these. */
  replace(sources: readonly Decorators[]): void {
    this.#sources = sources;
    this.#values = new Map();
    this.#isSettled = sources.length === 0;
  }

  get sources(): readonly Decorators[] {
    return this.#sources;
  }

  /** A value of the same name that the source had before is replaced. */
  put(source: string, values: ReadonlyMap<string, string>): void {
    this.#values.set(source, new Map([...(this.#values.get(source) ?? []), ...values]));
  }

  forget(source: string): void {
    this.#values.delete(source);
  }

  /** What stands in a line that is written now, in name order; where sources disagree the last in name order wins. */
  current(): Readonly<Record<string, string>> {
    const bySource = [...this.#values].sort(byName).flatMap(([, values]) => [...values]);
    return Object.fromEntries([...new Map(bySource)].sort(byName));
  }

  /** Decorators run; what they say belongs into the lines of every result from here on. */
  unsettle(): void {
    this.#isSettled = false;
  }

  /** None runs any more. */
  settle(): void {
    this.#isSettled = true;
    for (const resume of this.#waiting.splice(0)) resume();
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Calls once, when those that run are through. */
  onceSettled(resume: () => void): void {
    this.#waiting.push(resume);
  }
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : one > other ? 1 : 0;

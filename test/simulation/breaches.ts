/** A promise that was broken: which, when, and by what. */
export interface Breach {
  readonly promise: string;
  readonly at_ms: number;
  readonly what: string;
}

/** Takes down what checkers find. */
export class Breaches {
  readonly #found: Breach[] = [];

  report(promise: string, { at_ms }: { readonly at_ms: number }, what: string): void {
    this.#found.push({ promise, at_ms, what });
  }

  /** In the order of time. */
  all(): readonly Breach[] {
    return this.#found.toSorted((one, other) => one.at_ms - other.at_ms);
  }
}

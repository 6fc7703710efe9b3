/** `fail`: Leash does not work, or is not safe, before it is mended; `warn`: it works with less. */
export type FindingLevel = 'ok' | 'warn' | 'fail';

/** One line of `leash doctor`. */
export interface Finding {
  readonly check: string;
  readonly level: FindingLevel;
  readonly found: string;
  /** What to do; absent when there is nothing. */
  readonly remedy?: string;
}

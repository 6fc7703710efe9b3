/**
 * What reading the config again came to. `unchanged`: every file is as it was; `applied`: the schedule is the new
 * one; `refused`: something in it is wrong, and all of the old one stays in force.
 */
export interface ReloadReport {
  readonly outcome: 'unchanged' | 'applied' | 'refused';
  /** One sentence about the outcome. */
  readonly summary: string;
  /** Errors and warnings of the config, and flags that wait for a restart; a sentence each. */
  readonly problems: readonly string[];
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

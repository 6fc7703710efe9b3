import type { LoadedConfig } from './load.ts';
import { describeProblem } from './problem.ts';

/** What `leash check` says. */
export interface CheckReport {
  readonly lines: readonly string[];
  /** 1 when the daemon would not start with this config. */
  readonly exitCode: 0 | 1;
}

/** One sentence a problem, errors first, and a closing line. */
export const checkReport = (path: string, loaded: LoadedConfig): CheckReport => {
  const of = (severity: 'error' | 'warning'): readonly string[] =>
    loaded.problems
      .filter((problem) => problem.severity === severity)
      .map((problem) => `${severity}: ${describeProblem(problem)}`);
  const [errors, warnings] = [of('error'), of('warning')];
  const count = (list: readonly string[], word: string): string =>
    `${list.length} ${word}${list.length === 1 ? '' : 's'}`;
  const scheduled =
    loaded.config === undefined ? '' : `, ${loaded.config.schedule.length} queries for this host`;
  return {
    lines: [
      ...errors,
      ...warnings,
      `${path}: ${count(errors, 'error')}, ${count(warnings, 'warning')}${scheduled}`,
    ],
    exitCode: errors.length > 0 || loaded.config === undefined ? 1 : 0,
  };
};

import type { LoadedConfig } from './load.ts';
import { describeProblem } from './problem.ts';

/** What `leash check` says. */
export interface CheckReport {
  readonly lines: readonly string[];
  /** 1 when the daemon would not start with this config. */
  readonly exitCode: 0 | 1;
}

/** One sentence a problem, errors first and by file and line, and a closing line with the counts. */
export const checkReport = (path: string, loaded: LoadedConfig): CheckReport => {
  const of = (severity: 'error' | 'warning'): readonly string[] =>
    loaded.problems
      .filter((problem) => problem.severity === severity)
      .map((problem) => `${severity}: ${describeProblem(problem)}`);
  const [errors, warnings] = [of('error'), of('warning')];
  const { config } = loaded;
  const counts = [count(errors.length, 'error', 'errors'), count(warnings.length, 'warning', 'warnings')];
  if (config !== undefined) counts.push(`${count(config.schedule.length, 'query', 'queries')} for this host`);
  return {
    lines: [...errors, ...warnings, `${path}: ${counts.join(', ')}`],
    exitCode: config === undefined ? 1 : 0,
  };
};

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

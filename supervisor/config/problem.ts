/** One thing that is wrong in a config, in words for its author. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** Line of the key, from 1; undefined for the file as a whole. */
  readonly line: number | undefined;
  /** Dotted path of the key; empty for the file as a whole. */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

/** One sentence: file, line, key, what was expected, what is there. */
export const describeProblem = (problem: ConfigProblem): string => {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  const where = problem.key === '' ? place : `${place}: ${problem.key}`;
  return `${where}: expected ${problem.expected}, found ${problem.found}`;
};

/** A value as it is shown to a person: short, and its type recognisable. */
export const showValue = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  if (Array.isArray(value)) return `the array ${short}`;
  if (typeof value === 'object' && value !== null) return `the object ${short}`;
  return value === null ? 'null' : `the ${typeof value} ${short}`;
};

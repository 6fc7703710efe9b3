import { fail, ok, type Result } from '../../protocol/result.ts';
import { memberKey, readJson } from './json-reader.ts';
import { type ConfigProblem, showValue } from './problem.ts';
import { stripComments } from './strip-comments.ts';

/** osquery's bounds for a config source, comments not counted. */
const most_bytes = 4 * 1024 * 1024;
const maxDepth = 32;

/** A config or pack file that is a JSON object. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Something about the file that is no error. */
  readonly warnings: readonly ConfigProblem[];
  /** A problem of the key at `key`; its line is that of the key, or of what it should have stood in. */
  problem(
    severity: ConfigProblem['severity'],
    key: readonly PropertyKey[],
    expected: string,
    found: string,
  ): ConfigProblem;
}

/** Parses the text of a config or pack file: JSON with osquery's comments, an object at its root. */
export const parseConfigFile = (path: string, text: string): Result<ConfigFile, ConfigProblem> => {
  const stripped = stripComments(text);
  const refuse = (line: number | undefined, expected: string, found: string) =>
    fail({ severity: 'error', file: path, line, key: '', expected, found } as const);
  const length_bytes = Buffer.byteLength(stripped.text);
  if (length_bytes > most_bytes) return refuse(undefined, `at most ${most_bytes} bytes`, `${length_bytes}`);
  const document = readJson(stripped.text, maxDepth);
  if (!document.ok) {
    const { line, column } = stripped.place(document.error.offset);
    return refuse(line, document.error.expected, `${document.error.found} in column ${column}`);
  }
  const { value, offsets, repeated } = document.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(1, 'an object', showValue(value));
  }
  const lineOf = (key: readonly PropertyKey[]): number => {
    const known = key.findLastIndex((_, index) => offsets.has(memberKey(key.slice(0, index + 1))));
    return stripped.place(offsets.get(memberKey(key.slice(0, known + 1))) ?? 0).line;
  };
  return ok({
    path,
    text,
    value: value as Readonly<Record<string, unknown>>,
    warnings: repeated.map((again) => ({
      severity: 'warning',
      file: path,
      line: stripped.place(again.offset).line,
      key: again.path.join('.'),
      expected: 'each key once',
      found: 'it a second time; the first one counts',
    })),
    problem: (severity, key, expected, found) => ({
      severity,
      file: path,
      line: key.length === 0 ? undefined : lineOf(key),
      key: key.map(String).join('.'),
      expected,
      found,
    }),
  });
};

import { fail, ok, type Result } from '../../protocol/result.ts';

/** osquery's bounds for a config source. */
const maxBytes = 4 * 1024 * 1024;
const maxDepth = 32;

/** Where a text is not JSON; line and column count from 1. */
export interface JsonProblem {
  readonly expected: string;
  readonly found: string;
}

/**
 * Parses osquery's config dialect: backslash-newline pairs vanish, and lines that begin with `#` or `//` are
 * comments. Everything else is JSON; the root must be an object.
 */
export const parseConfigText = (text: string): Result<Readonly<Record<string, unknown>>, JsonProblem> => {
  const stripped = text
    .replaceAll('\\\n', '')
    .split('\n')
    .map((line) => (/^\s*(#|\/\/)/.test(line) ? '' : line))
    .join('\n');
  if (Buffer.byteLength(stripped) > maxBytes) {
    return fail({ expected: `at most ${maxBytes} bytes`, found: `${Buffer.byteLength(stripped)}` });
  }
  let value: unknown;
  try {
    value = JSON.parse(stripped);
  } catch (error) {
    return fail({ expected: 'JSON', found: whereJsonFails(stripped, error) });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail({ expected: 'an object', found: Array.isArray(value) ? 'an array' : String(value) });
  }
  if (depthOf(value) > maxDepth)
    return fail({ expected: `at most ${maxDepth} levels of nesting`, found: 'more' });
  return ok(value as Readonly<Record<string, unknown>>);
};

/** V8 names a position or a line and column in its message; without one the text ended too early. */
const whereJsonFails = (text: string, error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  const [what = message] = message.split(/ in JSON at position|, "|, \.\.\./);
  return `line ${line}, column ${column}: ${what}`;
};

const depthOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  const stack: { value: object; depth: number }[] = [{ value, depth: 1 }];
  for (let next = stack.pop(); next !== undefined && deepest <= maxDepth; next = stack.pop()) {
    deepest = Math.max(deepest, next.depth);
    for (const child of Object.values(next.value) as unknown[]) {
      if (typeof child === 'object' && child !== null) stack.push({ value: child, depth: next.depth + 1 });
    }
  }
  return deepest;
};

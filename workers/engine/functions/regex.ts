import { integerOf, type ScalarFunction, textOf } from './function.ts';
import { withoutPosixClasses } from './posix-classes.ts';

/** osquery's --regex_max_size: a longer pattern is refused. */
const maxPattern_bytes = 256;
/** A statement rarely has more patterns than this; a pattern from a column would otherwise fill memory. */
const cacheSize = 64;

const cache = new Map<string, RegExp>();

const compiled = (pattern: string): RegExp => {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  if (Buffer.byteLength(pattern) > maxPattern_bytes) {
    throw new Error(`Invalid regex: too big, max size is ${maxPattern_bytes} bytes`);
  }
  const regex = parse(pattern);
  if (cache.size >= cacheSize) cache.clear();
  cache.set(pattern, regex);
  return regex;
};

const parse = (pattern: string): RegExp => {
  try {
    return new RegExp(withoutPosixClasses(pattern));
  } catch (cause) {
    throw new Error(`Invalid regex: ${pattern}`, { cause });
  }
};

/** Group `index` (0 is the whole) of the first match. */
const regexMatch: ScalarFunction = {
  name: 'regex_match',
  arity: 3,
  call: (input, pattern, index) => {
    const text = textOf(input);
    const source = textOf(pattern);
    if (text === undefined || source === undefined || index === null) return null;
    const match = compiled(source).exec(text);
    if (match === null) return null;
    const group = integerOf(index);
    // A group that took no part in the match is empty, as in the ECMAScript grammar of C++.
    return group >= 0 && group < match.length ? (match[group] ?? '') : null;
  },
};

/** The part with this index of a text cut at every match. */
const regexSplit: ScalarFunction = {
  name: 'regex_split',
  arity: 3,
  call: (input, pattern, index) => {
    const text = textOf(input);
    const source = textOf(pattern);
    if (text === undefined || source === undefined || index === null) return null;
    if (source === '') throw new Error('Invalid input to split function');
    return between(text, compiled(source))[integerOf(index)] ?? null;
  },
};

/** What stands between matches: String.split would add captured groups. */
const between = (text: string, regex: RegExp): readonly string[] => {
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(regex, 'g'))) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  return from < text.length || parts.length === 0 ? [...parts, text.slice(from)] : parts;
};

/** `text REGEXP pattern`, which SQLite calls as regexp(pattern, text): whether the pattern occurs in the text. */
const regexp: ScalarFunction = {
  name: 'regexp',
  arity: 2,
  call: (pattern, input) => {
    const text = textOf(input);
    const source = textOf(pattern);
    if (text === undefined || source === undefined) return null;
    return compiled(source).test(text);
  },
};

export const regexFunctions: readonly ScalarFunction[] = [regexMatch, regexSplit, regexp];

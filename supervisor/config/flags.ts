import type { Failure } from '../../protocol/result.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { leashFlags } from './leash-flags.ts';
import { nearest } from './nearest.ts';
import { type FlagSpec, type FlagType, flagAliases, osqueryFlags } from './osquery-flags.ts';

/** Where a flag's value comes from; a later one in this list wins. */
export type FlagOrigin = 'default' | 'config' | 'flagfile' | 'command line';

export type FlagFailure = Failure<'unknown_flag' | 'bad_value' | 'flagfile'>;

/** Command line of leashd or leashi, taken apart. */
export interface ParsedArguments {
  readonly flags: Flags;
  /** What is no flag: SQL, for leashi. */
  readonly positional: readonly string[];
}

/** One flag of `osquery_flags`. */
export interface FlagRow {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly default_value: string;
  readonly value: string;
  readonly shell_only: number;
}

interface Setting {
  readonly value: string;
  readonly origin: FlagOrigin;
}

const specs: ReadonlyMap<string, FlagSpec> = new Map(
  [...osqueryFlags, ...leashFlags].map((spec) => [spec.name, spec]),
);
const descriptions = new Map(leashFlags.map((flag) => [flag.name, flag.description]));

/** Values of all flags. Immutable: setting one gives a new set. */
export class Flags {
  readonly #settings: ReadonlyMap<string, Setting>;

  constructor(settings: ReadonlyMap<string, Setting> = new Map()) {
    this.#settings = settings;
  }

  text(name: string): string {
    return this.#settings.get(name)?.value ?? specOf(name).defaultValue;
  }

  bool(name: string): boolean {
    return this.text(name) === 'true';
  }

  int(name: string): number {
    return Number(this.text(name));
  }

  origin(name: string): FlagOrigin {
    return this.#settings.get(name)?.origin ?? 'default';
  }

  /** Sets one flag from text, after checking it. A weaker origin never replaces a stronger one. */
  with(name: string, value: string, origin: FlagOrigin): Result<Flags, FlagFailure> {
    const spec = specs.get(flagAliases[name] ?? name);
    if (spec === undefined) return fail(unknownFlag(name));
    const normal = normalise(spec.type, value);
    if (normal === undefined) {
      return fail({
        reason: 'bad_value',
        message: `--${spec.name} expects ${typeWords[spec.type]}, found '${value}'`,
      });
    }
    if (strength(this.origin(spec.name)) > strength(origin)) return ok(this);
    return ok(new Flags(new Map(this.#settings).set(spec.name, { value: normal, origin })));
  }

  rows(): readonly FlagRow[] {
    return [...specs.values()]
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map((spec) => ({
        name: spec.name,
        type: spec.type,
        description: descriptions.get(spec.name) ?? '',
        default_value: spec.defaultValue,
        value: this.text(spec.name),
        shell_only: spec.scope === 'shell' ? 1 : 0,
      }));
  }
}

/** The spec of a flag of a config's `options`; undefined for names that are unknown. */
export const flagSpec = (name: string): FlagSpec | undefined => specs.get(flagAliases[name] ?? name);

/**
 * Reads `--name=value`, `--name value`, `--name`, `--noname` and `--flagfile=F`. A flagfile has one flag a line and
 * `#` comments, and may name another one; the command line wins over it.
 */
export const parseArguments = (
  argv: readonly string[],
  readFlagfile: (path: string) => string | undefined,
): Result<ParsedArguments, FlagFailure> => {
  const positional: string[] = [];
  const read = (
    words: readonly string[],
    start: Flags,
    origin: FlagOrigin,
    depth: number,
  ): Result<Flags, FlagFailure> => {
    let flags = start;
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? '';
      if (word === '--') {
        positional.push(...words.slice(index + 1));
        break;
      }
      if (!word.startsWith('-') || word === '-') {
        positional.push(word);
        continue;
      }
      const next = words[index + 1];
      const parsed = parseWord(word.replace(/^--?/, ''), next);
      if (!parsed.ok) return parsed;
      if (parsed.value.usedNext) index += 1;
      const { name, value } = parsed.value;
      const set = name === 'flagfile' ? readFile(value, flags, depth) : flags.with(name, value, origin);
      if (!set.ok) return set;
      flags = set.value;
    }
    return ok(flags);
  };
  const readFile = (path: string, flags: Flags, depth: number): Result<Flags, FlagFailure> => {
    if (depth >= 8)
      return fail({ reason: 'flagfile', message: `${path}: flagfiles name one another more than 8 deep` });
    const text = readFlagfile(path);
    if (text === undefined)
      return fail({ reason: 'flagfile', message: `the flagfile ${path} cannot be read` });
    const words = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    return read(words, flags, 'flagfile', depth + 1);
  };
  const flags = read(argv, new Flags(), 'command line', 0);
  return flags.ok ? ok({ flags: flags.value, positional }) : flags;
};

const parseWord = (
  word: string,
  next: string | undefined,
): Result<{ name: string; value: string; usedNext: boolean }, FlagFailure> => {
  const equals = word.indexOf('=');
  if (equals > 0) return ok({ name: word.slice(0, equals), value: word.slice(equals + 1), usedNext: false });
  if (word === 'flagfile') {
    return next === undefined
      ? fail({ reason: 'bad_value', message: '--flagfile expects a path' })
      : ok({ name: word, value: next, usedNext: true });
  }
  const spec = flagSpec(word);
  if (spec?.type === 'bool') return ok({ name: word, value: 'true', usedNext: false });
  if (spec === undefined && word.startsWith('no') && flagSpec(word.slice(2))?.type === 'bool') {
    return ok({ name: word.slice(2), value: 'false', usedNext: false });
  }
  if (spec === undefined) return fail(unknownFlag(word));
  if (next === undefined) {
    return fail({
      reason: 'bad_value',
      message: `--${spec.name} expects ${typeWords[spec.type]}, found nothing`,
    });
  }
  return ok({ name: word, value: next, usedNext: true });
};

const strength = (origin: FlagOrigin): number =>
  ['default', 'config', 'flagfile', 'command line'].indexOf(origin);

const typeWords: Readonly<Record<FlagType, string>> = {
  bool: 'true or false',
  string: 'a text',
  int32: 'a whole number',
  uint32: 'a whole number from 0',
  uint64: 'a whole number from 0',
};

/** The value in its one spelling; undefined when it is not of the type. */
const normalise = (type: FlagType, value: string): string | undefined => {
  if (type === 'string') return value;
  if (type === 'bool') {
    if (/^(true|t|1|yes|y)$/i.test(value)) return 'true';
    return /^(false|f|0|no|n)$/i.test(value) ? 'false' : undefined;
  }
  if (!/^-?\d+$/.test(value)) return undefined;
  return value.startsWith('-') && type !== 'int32' ? undefined : String(Number(value));
};

const unknownFlag = (name: string): FlagFailure => {
  const near = nearest(name, [...specs.keys()]);
  return {
    reason: 'unknown_flag',
    message: `unknown flag --${name}${near === undefined ? '' : `; did you mean --${near}?`}`,
  };
};

const specOf = (name: string): FlagSpec => {
  const spec = specs.get(name);
  if (spec === undefined) throw new Error(`the code asks for a flag that does not exist: ${name}`);
  return spec;
};

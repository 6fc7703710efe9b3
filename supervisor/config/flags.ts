import { nearest } from '../../protocol/nearest.ts';
import type { Failure } from '../../protocol/result.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { checkFlagValue, flagTypeWords } from './flag-value.ts';
import { leashFlags } from './leash-flags.ts';
import { type FlagSpec, flagAliases, osqueryFlags } from './osquery-flags.ts';

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

/** Every flag of osquery and of Leash, in name order. */
export const flagSpecs: readonly FlagSpec[] = [...osqueryFlags, ...leashFlags].toSorted((one, other) =>
  one.name < other.name ? -1 : 1,
);
const specs: ReadonlyMap<string, FlagSpec> = new Map(flagSpecs.map((spec) => [spec.name, spec]));

/** The spec of a flag, also by another name of it; undefined for names that are unknown. */
export const flagSpec = (name: string): FlagSpec | undefined => specs.get(flagAliases[name] ?? name);

/** Is this the name of a flag that nobody declares? */
export const isCustom = (name: string): boolean => name.startsWith('custom_');

/** Values of all flags. Immutable: setting one gives a new set. */
export class Flags {
  readonly #settings: ReadonlyMap<string, Setting>;
  readonly #custom: ReadonlyMap<string, string>;

  constructor(
    settings: ReadonlyMap<string, Setting> = new Map(),
    custom: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#settings = settings;
    this.#custom = custom;
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

  /** Of a flag that is a list: what stands between its commas. */
  names(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  }

  origin(name: string): FlagOrigin {
    return this.#settings.get(name)?.origin ?? 'default';
  }

  /** Sets one flag from text, after checking it. A weaker origin never replaces a stronger one. */
  with(name: string, value: string, origin: FlagOrigin): Result<Flags, FlagFailure> {
    const spec = flagSpec(name);
    if (spec === undefined) return fail(unknownFlag(name));
    const checked = checkFlagValue(spec.type, value);
    if (!checked.ok) return fail(badValue(spec.name, checked.error, `'${value}'`));
    if (strength(this.origin(spec.name)) > strength(origin)) return ok(this);
    const settings = new Map(this.#settings).set(spec.name, { value: checked.value, origin });
    return ok(new Flags(settings, this.#custom));
  }

  /** Sets a flag that nobody declares: an option `custom_…` of the config, for extensions and queries to read. */
  withCustom(name: string, value: string): Flags {
    return new Flags(this.#settings, new Map(this.#custom).set(name, value));
  }

  /** These values, but those of `other` for some names. */
  keeping(other: Flags, names: readonly string[]): Flags {
    const settings = new Map(this.#settings);
    for (const name of names) {
      const setting = other.#settings.get(name);
      if (setting === undefined) settings.delete(name);
      else settings.set(name, setting);
    }
    return new Flags(settings, this.#custom);
  }

  /** In name order. */
  rows(): readonly FlagRow[] {
    const declared = flagSpecs.map((spec) => ({
      name: spec.name,
      type: spec.type,
      description: spec.description,
      default_value: spec.defaultValue,
      value: this.text(spec.name),
      shell_only: spec.scope === 'shell' ? 1 : 0,
    }));
    const unknown = { type: 'string', description: '', default_value: '', shell_only: 0 };
    const custom = [...this.#custom].map(([name, value]) => ({ name, ...unknown, value }));
    return [...declared, ...custom].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }
}

/** Flagfiles that name flagfiles: deeper than this they go round in a circle. */
const maxFlagfileDepth = 8;

/**
 * Reads `--name=value`, `--name value`, `--name`, `--noname` and `--flagfile=F`; one dash does as well, and `--` ends
 * the flags. A flagfile has one flag a line and `#` comments, and may name further ones. Of equal flags the last one
 * counts, but the command line wins over flagfiles wherever they are named. `start`:
 * what holds for flags that nobody sets.
 */
export const parseArguments = (
  argv: readonly string[],
  readFlagfile: (path: string) => string | undefined,
  start: Flags = new Flags(),
): Result<ParsedArguments, FlagFailure> => {
  const positional: string[] = [];
  let flags = start;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      positional.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      positional.push(word);
      continue;
    }
    const assigned = parseWord(word, argv[index + 1]);
    if (!assigned.ok) return assigned;
    if (assigned.value.usedNext) index += 1;
    const set = assign(flags, assigned.value, 'command line', readFlagfile, 0);
    if (!set.ok) return set;
    flags = set.value;
  }
  return ok({ flags, positional });
};

interface Assignment {
  readonly name: string;
  readonly value: string;
  /** The value stood in the next word. */
  readonly usedNext: boolean;
}

/** Takes one flag apart; `next` is what follows it. */
const parseWord = (word: string, next: string | undefined): Result<Assignment, FlagFailure> => {
  const bare = word.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  if (equals > 0) return ok({ name: bare.slice(0, equals), value: bare.slice(equals + 1), usedNext: false });
  const spec = flagSpec(bare);
  if (spec?.type === 'bool') return ok({ name: bare, value: 'true', usedNext: false });
  if (bare !== 'flagfile' && spec === undefined) {
    const positive = bare.startsWith('no') ? flagSpec(bare.slice(2)) : undefined;
    if (positive?.type !== 'bool') return fail(unknownFlag(bare));
    return ok({ name: positive.name, value: 'false', usedNext: false });
  }
  if (next !== undefined) return ok({ name: bare, value: next, usedNext: true });
  return fail(badValue(bare, spec === undefined ? 'a path' : flagTypeWords(spec.type), 'nothing'));
};

type ReadFlagfile = (path: string) => string | undefined;

const assign = (
  flags: Flags,
  { name, value }: Assignment,
  origin: FlagOrigin,
  read: ReadFlagfile,
  depth: number,
): Result<Flags, FlagFailure> =>
  name === 'flagfile' ? readFlags(value, flags, read, depth) : flags.with(name, value, origin);

const readFlags = (
  path: string,
  start: Flags,
  read: ReadFlagfile,
  depth: number,
): Result<Flags, FlagFailure> => {
  const refuse = (message: string) => fail({ reason: 'flagfile', message } as const);
  if (depth >= maxFlagfileDepth) {
    return refuse(`${path}: flagfiles name one another more than ${maxFlagfileDepth} deep`);
  }
  const text = read(path);
  if (text === undefined) return refuse(`the flagfile ${path} cannot be read`);
  let flags = start;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (!line.startsWith('-')) return refuse(`${path}:${index + 1}: expected --name=value, found '${line}'`);
    // A line stands for itself: its value, after '=' or white space, never comes from the next line.
    const [, word = line, next] = /^([^\s=]+)\s+(.+)$/.exec(line) ?? [];
    const assigned = parseWord(word, next);
    const set = assigned.ok ? assign(flags, assigned.value, 'flagfile', read, depth + 1) : assigned;
    if (!set.ok) {
      // What is wrong in a flagfile that this one names has its place in it already.
      if (assigned.ok && assigned.value.name === 'flagfile') return set;
      return fail({ ...set.error, message: `${path}:${index + 1}: ${set.error.message}` });
    }
    flags = set.value;
  }
  return ok(flags);
};

const strength = (origin: FlagOrigin): number =>
  ['default', 'config', 'flagfile', 'command line'].indexOf(origin);

const badValue = (name: string, expected: string, found: string): FlagFailure => ({
  reason: 'bad_value',
  message: `--${name} expects ${expected}, found ${found}`,
});

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

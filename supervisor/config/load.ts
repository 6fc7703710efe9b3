import { createHash } from 'node:crypto';
import { type Budget, type BudgetName, budgetNames } from '../../protocol/budget.ts';
import type { ScheduledQuery } from './config.ts';
import { parseConfigText } from './json-text.ts';
import type { ConfigProblem } from './problem.ts';
import {
  type Limits,
  type PackConfig,
  packKeys,
  packSchema,
  problemsOf,
  type QueryConfig,
  queryKeys,
  type SourceConfig,
  sourceKeys,
  sourceSchema,
  unknownKeys,
  unservedKeys,
} from './schema.ts';
import { appliesHere, type HostFacts } from './selection.ts';

/** How a config is read and completed. */
export interface LoadOptions {
  readonly path: string;
  /** Text of a file; undefined with the reason when it cannot be read. */
  readonly readText: (path: string) => { readonly text: string } | { readonly problem: string };
  /** Paths that a `*` pack pattern stands for. */
  readonly glob: (pattern: string) => readonly string[];
  readonly host: HostFacts;
  readonly packDelimiter: string;
  readonly defaultInterval_s: number;
  /** Budget of the watchdog level: what a query has unless config, pack or query say otherwise. */
  readonly budget: Budget;
}

/** A config as the supervisor uses it. */
export interface Config {
  readonly schedule: readonly ScheduledQuery[];
  /** Flag values of `options`, as text. */
  readonly options: ReadonlyMap<string, string>;
  /** osquery_info.config_hash: SHA-1 over the hex SHA-1 of each source. */
  readonly hash: string;
}

/** What loading came to. `config` is absent when a problem is an error. */
export interface LoadedConfig {
  readonly config: Config | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** Reads a config and its packs; reports everything that is wrong in them at once. */
export const loadConfig = (options: LoadOptions): LoadedConfig => {
  const loader = new Loader(options);
  return loader.load();
};

class Loader {
  readonly #options: LoadOptions;
  readonly #problems: ConfigProblem[] = [];
  readonly #schedule = new Map<string, ScheduledQuery>();

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  load(): LoadedConfig {
    const { path } = this.#options;
    const read = this.#read(path, '');
    if (read === undefined) return { config: undefined, problems: this.#problems };
    const parsed = sourceSchema.safeParse(read.value);
    if (!parsed.success) this.#problems.push(...problemsOf(parsed.error, read.value, path));
    this.#unknown(read.value, sourceKeys, path, '');
    this.#unknownInQueries(read.value.schedule, path, 'schedule.');
    for (const key of unservedKeys) if (key in read.value) this.#unserved(path, key);
    // Packs of other files are read even when this one has errors, so that all of them are told at once.
    const packs = this.#packs(read.value.packs, path);
    if (parsed.success) this.#build(parsed.data, packs);
    if (this.#problems.some((problem) => problem.severity === 'error') || !parsed.success) {
      return { config: undefined, problems: this.#problems };
    }
    const config: Config = {
      schedule: [...this.#schedule.values()],
      options: optionTexts(parsed.data),
      hash: sha1(sha1(read.text)),
    };
    return { config, problems: this.#problems };
  }

  #read(path: string, key: string): { text: string; value: Readonly<Record<string, unknown>> } | undefined {
    const file = this.#options.readText(path);
    if ('problem' in file) {
      this.#problems.push({
        severity: 'error',
        file: path,
        key,
        expected: 'a readable file',
        found: file.problem,
      });
      return undefined;
    }
    const parsed = parseConfigText(file.text);
    if (parsed.ok) return { text: file.text, value: parsed.value };
    this.#problems.push({ severity: 'error', file: path, key: '', ...parsed.error });
    return undefined;
  }

  /** Packs by name: inline ones as they stand, others from their files. Unknown keys are told on the way. */
  #packs(value: unknown, file: string): ReadonlyMap<string, PackConfig> {
    const packs = new Map<string, PackConfig>();
    if (typeof value !== 'object' || value === null) return packs;
    for (const [name, pack] of Object.entries(value)) {
      if (typeof pack !== 'string') {
        const parsed = packSchema.safeParse(pack);
        this.#unknownInPack(pack, file, `packs.${name}.`);
        if (parsed.success) packs.set(name, parsed.data);
        continue;
      }
      const paths = name === '*' ? this.#options.glob(pack) : [pack];
      for (const path of paths) {
        const read = this.#packFile(path, `packs.${name}`, file);
        if (read !== undefined) packs.set(name === '*' ? stem(path) : name, read);
      }
    }
    return packs;
  }

  #packFile(path: string, key: string, from: string): PackConfig | undefined {
    const read = this.#read(path, `${key} (named in ${from})`);
    if (read === undefined) return undefined;
    this.#unknownInPack(read.value, path, '');
    const parsed = packSchema.safeParse(read.value);
    if (parsed.success) return parsed.data;
    this.#problems.push(...problemsOf(parsed.error, read.value, path));
    return undefined;
  }

  #build(source: SourceConfig, packs: ReadonlyMap<string, PackConfig>): void {
    const { host, packDelimiter, path } = this.#options;
    const general = source.limits ?? {};
    for (const [name, query] of Object.entries(source.schedule ?? {})) {
      this.#add(name, query, [general], `schedule.${name}`);
    }
    for (const [packName, pack] of packs) {
      if (!appliesHere(pack, host)) continue;
      if ((pack.discovery ?? []).length > 0) this.#unserved(path, `packs.${packName}.discovery`);
      for (const [name, query] of Object.entries(pack.queries ?? {})) {
        const logged = ['pack', packName, name].join(packDelimiter);
        this.#add(logged, query, [general, pack.limits ?? {}], `packs.${packName}.queries.${name}`);
      }
    }
  }

  #add(name: string, query: QueryConfig, limits: readonly Limits[], key: string): void {
    const { host, defaultInterval_s, path, budget } = this.#options;
    if (!appliesHere(query, host)) return;
    if (/^(query|cache|config_views)\.|(epoch|counter)$/.test(name)) {
      const expected =
        "a name that does not begin with 'query.', 'cache.', 'config_views.' or end in 'epoch', 'counter'";
      this.#problems.push({
        severity: 'warning',
        file: path,
        key,
        expected,
        found: `'${name}'; the query is dropped`,
      });
      return;
    }
    if (this.#schedule.has(name)) {
      const found = `'${name}' a second time; the query is dropped`;
      this.#problems.push({ severity: 'warning', file: path, key, expected: 'names that differ', found });
      return;
    }
    this.#schedule.set(name, {
      name,
      sql: query.query,
      interval_s: query.interval ?? defaultInterval_s,
      snapshot: query.snapshot ?? false,
      removed: query.removed ?? true,
      denylist: query.denylist ?? true,
      startup_priority: query.startup_priority,
      budget: budgetWith(budget, [...limits, query.limits ?? {}]),
    });
  }

  #unknownInPack(pack: unknown, file: string, prefix: string): void {
    this.#unknown(pack, packKeys, file, prefix);
    const queries = typeof pack === 'object' && pack !== null && 'queries' in pack ? pack.queries : undefined;
    this.#unknownInQueries(queries, file, `${prefix}queries.`);
  }

  #unknownInQueries(queries: unknown, file: string, prefix: string): void {
    if (typeof queries !== 'object' || queries === null) return;
    for (const [name, query] of Object.entries(queries)) {
      this.#unknown(query, queryKeys, file, `${prefix}${name}.`);
    }
  }

  #unknown(value: unknown, known: readonly string[], file: string, prefix: string): void {
    this.#problems.push(...unknownKeys(value, known, file, prefix));
  }

  #unserved(file: string, key: string): void {
    const found = 'a part of osquery that Leash does not serve yet; it is ignored';
    this.#problems.push({ severity: 'warning', file, key, expected: 'a key that has an effect', found });
  }
}

/** Later limits win: config, then pack, then query. */
const budgetWith = (budget: Budget, limits: readonly Limits[]): Budget => {
  const merged: Record<BudgetName, number> = { ...budget };
  for (const layer of limits) for (const name of budgetNames) merged[name] = layer[name] ?? merged[name];
  return merged;
};

const optionTexts = (source: SourceConfig): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(source.options ?? {})) {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    if (text !== '') texts.set(name, text);
  }
  return texts;
};

const stem = (path: string): string => (path.split('/').at(-1) ?? path).replace(/\.[^.]*$/, '');

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

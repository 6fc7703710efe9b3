import { createHash } from 'node:crypto';
import type { ConfigTable } from '../../protocol/config-tables.ts';
import type { ExtensionSettings } from '../../protocol/extension/state.ts';
import type { EffectiveLimits } from '../../protocol/limits.ts';
import { buildDecorators, buildPacks } from './build-packs.ts';
import { buildQueries } from './build-queries.ts';
import { buildTables } from './build-tables.ts';
import type { ConfigPack, Decorators, ScheduledQuery } from './config.ts';
import { optionText } from './option-problems.ts';
import type { ConfigProblem } from './problem.ts';
import type { PrometheusTargets } from './schema.ts';
import { type HostFacts, packsHere } from './selection.ts';
import { type ConfigReader, type LoadedSource, loadSources } from './sources.ts';
import { type YaraSignatures, yaraSignatures } from './yara-signatures.ts';

/** How a config is read and completed. */
export interface LoadOptions extends ConfigReader {
  /** The main file; `<path>.d/*.conf` belong to the config too. */
  readonly path: string;
  readonly host: HostFacts;
  readonly packDelimiter: string;
  /** For queries without an interval. */
  readonly defaultInterval_s: number;
  /** Of the watchdog's flags: what a query has unless config, pack or query say otherwise. */
  readonly limits: EffectiveLimits;
}

/** A config as the supervisor uses it. */
export interface Config {
  readonly schedule: readonly ScheduledQuery[];
  readonly packs: readonly ConfigPack[];
  readonly decorators: readonly Decorators[];
  /** `auto_table_construction` and `views`. */
  readonly tables: readonly ConfigTable[];
  /** Flag values of `options`, as text. */
  readonly options: ReadonlyMap<string, string>;
  /** Of the last source that names some. */
  readonly prometheusTargets?: PrometheusTargets;
  readonly yaraSignatures: YaraSignatures;
  /** `extensions`: settings by the extension's name. Those of a later source replace those of an earlier one. */
  readonly extensions: ReadonlyMap<string, ExtensionSettings>;
  /** osquery_info.config_hash: SHA-1 over the hex SHA-1 of each source, in their order. */
  readonly hash: string;
  /** Paths of the main file and of those that add to it, without pack files. */
  readonly sources: readonly string[];
}

/** A config that asks for nothing. */
export const emptyConfig: Config = {
  schedule: [],
  packs: [],
  decorators: [],
  tables: [],
  options: new Map(),
  yaraSignatures: new Map(),
  extensions: new Map(),
  hash: '',
  sources: [],
};

/** What loading came to. `config` is absent when a problem is an error. */
export interface LoadedConfig {
  readonly config: Config | undefined;
  /** In the order of files as they were read, and of lines in each. */
  readonly problems: readonly ConfigProblem[];
}

/** Reads a config and its packs; reports everything that is wrong in them at once. */
export const loadConfig = (options: LoadOptions): LoadedConfig => {
  const { sources, problems } = loadSources(options.path, options);
  const built = buildQueries(sources, options);
  const added = buildTables(sources, options.host);
  const all = inReadingOrder([...problems, ...built.problems, ...added.problems]);
  if (all.some((problem) => problem.severity === 'error')) return { config: undefined, problems: all };
  const config: Config = {
    schedule: built.queries,
    packs: buildPacks(sources, options),
    decorators: buildDecorators(sources, options),
    tables: added.tables,
    options: optionTexts(sources, options.host),
    ...prometheusTargets(sources),
    yaraSignatures: yaraSignatures(sources, options.host),
    extensions: new Map(sources.flatMap((source) => Object.entries(source.config.extensions ?? {}))),
    hash: sha1(sources.map((source) => sha1(source.file.text)).join('')),
    sources: sources.map((source) => source.file.path),
  };
  return { config, problems: all };
};

const prometheusTargets = (sources: readonly LoadedSource[]): Pick<Config, 'prometheusTargets'> => {
  const named = sources
    .map((source) => source.config.prometheus_targets)
    .findLast((each) => each !== undefined);
  return named === undefined ? {} : { prometheusTargets: named };
};

/**
 * Options of later sources win, and a source's own over those of its packs for this host, which osquery reads first; an
 * empty text sets nothing.
 */
const optionTexts = (sources: readonly LoadedSource[], host: HostFacts): ReadonlyMap<string, string> =>
  new Map(
    sources
      .flatMap((source) => [...packsHere(source, host).map(({ pack }) => pack), source.config])
      .flatMap((each) => Object.entries(each.options ?? {}))
      .map(([name, value]) => [name, optionText(value)] as const)
      .filter(([, text]) => text !== ''),
  );

/** Files as they first appear; within a file by line, what concerns the whole file first. */
const inReadingOrder = (problems: readonly ConfigProblem[]): readonly ConfigProblem[] => {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const rank = new Map(files.map((file, index) => [file, index]));
  return problems.toSorted(
    (one, other) =>
      (rank.get(one.file) ?? 0) - (rank.get(other.file) ?? 0) || (one.line ?? 0) - (other.line ?? 0),
  );
};

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

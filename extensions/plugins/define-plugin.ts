import type { ExtensionTable } from './define-table.ts';

/** Gives the daemon its config; used with `--config_plugin=NAME`. */
export interface ConfigPlugin {
  readonly registry: 'config';
  readonly name: string;
  /** The config's sources: JSON text by the name of each. */
  sources(): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** The JSON of a pack whose definition in the config is a text, which is `value`. */
  pack?(name: string, value: string): string | Promise<string>;
}

/** A line of the daemon's status log, in osquery's names. */
export interface StatusLine {
  /** 0 info, 1 warning, 2 error, 3 fatal. */
  readonly s: number;
  /** Source file and line that said it. */
  readonly f: string;
  readonly i: number;
  readonly m: string;
  /** Identifier of the host. */
  readonly h?: string;
  /** Time as text, and in Unix seconds. */
  readonly c?: string;
  readonly u?: number;
}

/** Takes the daemon's logs; used with `--logger_plugin=NAME`. A handler that throws has not logged: the daemon counts it. */
export interface LoggerPlugin {
  readonly registry: 'logger';
  readonly name: string;
  /** A line of results (JSON). */
  result(line: string, category: string): void | Promise<void>;
  /** A line of a snapshot (JSON); absent: `result` takes it with category `snapshot`. */
  snapshot?(line: string): void | Promise<void>;
  /** Lines of the status log; absent: none are wanted. */
  status?(lines: readonly StatusLine[]): void | Promise<void>;
  /** A row of an event table (JSON); absent: none are wanted. */
  event?(row: string): void | Promise<void>;
  /** The logger of process `name` starts; `lines` are those of the status log from the time before. */
  start?(name: string, lines: readonly StatusLine[]): void | Promise<void>;
}

/** Queries that the daemon is to run once. */
export interface DistributedQueries {
  /** SQL by id. */
  readonly queries: Readonly<Record<string, string>>;
  /** A query whose id stands here runs only if this one gives rows. */
  readonly discovery?: Readonly<Record<string, string>>;
  /** For so many seconds the daemon asks every 5 s. */
  readonly accelerate?: number;
}

/** What became of them, by id. */
export interface DistributedResults {
  readonly queries: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  /** 0: the query was answered. */
  readonly statuses?: Readonly<Record<string, number>>;
  readonly messages?: Readonly<Record<string, string>>;
}

/** Gives the daemon queries from elsewhere and takes their results; used with `--distributed_plugin=NAME`. */
export interface DistributedPlugin {
  readonly registry: 'distributed';
  readonly name: string;
  queries(): DistributedQueries | Promise<DistributedQueries>;
  results(results: DistributedResults): void | Promise<void>;
}

/** What an extension brings. */
export type Plugin = ExtensionTable | ConfigPlugin | LoggerPlugin | DistributedPlugin;

/** Declares a config plugin. */
export const defineConfig = (plugin: Omit<ConfigPlugin, 'registry'>): ConfigPlugin => ({
  ...plugin,
  registry: 'config',
});

/** Declares a logger plugin. */
export const defineLogger = (plugin: Omit<LoggerPlugin, 'registry'>): LoggerPlugin => ({
  ...plugin,
  registry: 'logger',
});

/** Declares a distributed plugin. */
export const defineDistributed = (plugin: Omit<DistributedPlugin, 'registry'>): DistributedPlugin => ({
  ...plugin,
  registry: 'distributed',
});

import { decidedBy, type PackOptions } from './build-packs.ts';
import type { ScheduledQuery } from './config.ts';
import type { ConfigFile } from './config-file.ts';
import { generalLimits, type LimitLayer, layered, limitsOfPack } from './layered-limits.ts';
import type { ConfigProblem } from './problem.ts';
import type { QueryConfig } from './schema.ts';
import { appliesHere, packsHere } from './selection.ts';
import type { LoadedSource } from './sources.ts';

/** What queries are completed with; the limits are those of a query unless config, pack or query say otherwise. */
export interface BuildOptions extends PackOptions {
  readonly defaultInterval_s: number;
}

/** The queries for this host, in the order of the config, and those that had to be left out. */
export interface BuiltQueries {
  readonly queries: readonly ScheduledQuery[];
  readonly problems: readonly ConfigProblem[];
}

/** A query of the config before it is completed. */
interface Candidate {
  readonly name: string;
  /** Name as its author wrote it, without the pack's. */
  readonly bareName: string;
  readonly query: QueryConfig;
  /** From the weakest to the strongest. */
  readonly limits: readonly LimitLayer[];
  readonly source: LoadedSource;
  /** Of a pack that discovery has a say in. */
  readonly pack?: string;
  readonly file: ConfigFile;
  readonly at: readonly string[];
}

/**
 * Puts the schedules and packs of all sources together. A query of a later source replaces an equally named one of
 * an earlier source, so that a file in `.d` can override; within one source the first stays.
 */
export const buildQueries = (sources: readonly LoadedSource[], options: BuildOptions): BuiltQueries => {
  const problems: ConfigProblem[] = [];
  const chosen = new Map<string, Candidate>();
  const general = generalLimits(sources);
  for (const candidate of sources.flatMap((source) => candidatesOf(source, general, options))) {
    const { name, bareName, file, at } = candidate;
    const former = chosen.get(name);
    if (isReserved(bareName)) {
      problems.push(file.problem('warning', at, reservedWords, `'${bareName}'; the query is left out`));
    } else if (former?.source === candidate.source) {
      problems.push(
        file.problem('warning', at, 'names that differ', `'${name}' a second time; it is left out`),
      );
    } else {
      if (former !== undefined) {
        const found = `'${name}', which replaces that of ${former.file.path}`;
        problems.push(file.problem('warning', at, 'names that differ', found));
      }
      chosen.set(name, candidate);
    }
  }
  const queries = [...chosen.values()].map((candidate) => completed(candidate, options));
  return { queries, problems };
};

const candidatesOf = (
  source: LoadedSource,
  general: readonly LimitLayer[],
  { host, packDelimiter }: BuildOptions,
): readonly Candidate[] => {
  const own = Object.entries(source.config.schedule ?? {}).map(([bareName, query]) => {
    const { file } = source;
    return { name: bareName, bareName, query, limits: general, source, file, at: ['schedule', bareName] };
  });
  const packed = packsHere(source, host).flatMap((loaded) =>
    Object.entries(loaded.pack.queries ?? {}).map(([bareName, query]) => ({
      name: ['pack', loaded.name, bareName].join(packDelimiter),
      bareName,
      query,
      limits: [...general, limitsOfPack(loaded.pack)],
      source,
      ...decidedBy(source, loaded),
      file: loaded.file,
      at: [...loaded.at, 'queries', bareName],
    })),
  );
  return [...own, ...packed].filter(({ query }) => appliesHere(query, host));
};

const completed = ({ name, query, limits, pack }: Candidate, options: BuildOptions): ScheduledQuery => ({
  name,
  sql: query.query,
  interval_s: query.interval ?? options.defaultInterval_s,
  snapshot: query.snapshot ?? false,
  removed: query.removed ?? true,
  denylist: query.denylist ?? true,
  startup_priority: query.startup_priority,
  ...(pack === undefined ? {} : { pack }),
  ...layered(options.limits, [...limits, ['query', query.limits ?? {}]]),
});

/** Names that osquery refuses because its database uses them for something else. */
const isReserved = (name: string): boolean => /^(query|cache|config_views)\.|(epoch|counter)$/.test(name);
const reservedWords =
  "a name that does not begin with 'query.', 'cache.' or 'config_views.' nor end in 'epoch' or 'counter'";

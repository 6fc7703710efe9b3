import type { EffectiveLimits } from '../../protocol/limits.ts';
import type { AskedQuery, ConfigPack, Decorators } from './config.ts';
import { generalLimits, layered, limitsOfPack } from './layered-limits.ts';
import type { DecoratorsConfig, PackConfig } from './schema.ts';
import { appliesHere, type HostFacts, packsHere } from './selection.ts';
import type { LoadedPack, LoadedSource } from './sources.ts';

/** What packs and decorators are completed with. */
export interface PackOptions {
  readonly host: HostFacts;
  readonly packDelimiter: string;
  /** Of the level and the flags. */
  readonly limits: EffectiveLimits;
}

/** Tells a pack from all others of a config. */
const packKey = (source: LoadedSource, name: string): string => `${source.file.path}\n${name}`;

/** The key of a pack that discovery has a say in, as a member; nothing for any other. */
export const decidedBy = (source: LoadedSource, loaded: LoadedPack): { readonly pack?: string } =>
  (loaded.pack.discovery ?? []).length === 0 ? {} : { pack: packKey(source, loaded.name) };

/** All packs, for this host or not; the schedule of a source is one, called `main`. */
export const buildPacks = (sources: readonly LoadedSource[], options: PackOptions): readonly ConfigPack[] => {
  const general = generalLimits(sources);
  const completed = (source: LoadedSource, name: string, pack: PackConfig): ConfigPack => {
    const limits = layered(options.limits, [...general, limitsOfPack(pack)]);
    return {
      key: packKey(source, name),
      name,
      platform: pack.platform ?? '',
      version: pack.version ?? '',
      shard: pack.shard ?? 0,
      isForThisHost: appliesHere(pack, options.host),
      discovery: (pack.discovery ?? []).map((sql) => ({ sql, ...limits })),
    };
  };
  return sources.flatMap((source) => [
    ...(source.config.schedule === undefined ? [] : [completed(source, 'main', {})]),
    ...source.packs.map(({ name, pack }) => completed(source, name, pack)),
  ]);
};

/** The decorators of all sources and of their packs for this host. */
export const buildDecorators = (
  sources: readonly LoadedSource[],
  options: PackOptions,
): readonly Decorators[] => {
  const general = generalLimits(sources);
  const own = layered(options.limits, general);
  return sources.flatMap((source) => [
    ...completedDecorators({ source: source.file.path }, source.config.decorators, own),
    ...packsHere(source, options.host).flatMap((loaded) =>
      completedDecorators(
        {
          source: `${source.file.path}${options.packDelimiter}${loaded.name}`,
          ...decidedBy(source, loaded),
        },
        loaded.pack.decorators,
        layered(own, [limitsOfPack(loaded.pack)]),
      ),
    ),
  ]);
};

const completedDecorators = (
  whose: Pick<Decorators, 'source' | 'pack'>,
  decorators: DecoratorsConfig | undefined,
  limits: EffectiveLimits,
): readonly Decorators[] => {
  if (decorators === undefined) return [];
  const asked = (sql: string): AskedQuery => ({ sql, ...limits });
  const { load = [], always = [], interval = {} } = decorators;
  return [
    {
      ...whose,
      load: load.map(asked),
      always: always.map(asked),
      interval: Object.entries(interval).flatMap(([every_s, queries]) =>
        queries.map((sql) => ({ every_s: Number(every_s), query: asked(sql) })),
      ),
    },
  ];
};

import type { EffectiveLimits, LimitOrigin, Limits } from '../../protocol/limits.ts';
import { overlaid } from '../limits/effective.ts';
import type { PackConfig } from './schema.ts';
import type { LoadedSource } from './sources.ts';

/** Limits of one place in the config. */
export type LimitLayer = readonly [LimitOrigin, Limits];

/** The `limits` of all sources: they hold for what any of them brings. */
export const generalLimits = (sources: readonly LoadedSource[]): readonly LimitLayer[] =>
  sources.map((source) => ['config', source.config.limits ?? {}]);

/** The `limits` of a pack: they hold for its queries, its discovery and its decorators. */
export const limitsOfPack = ({ limits = {} }: PackConfig): LimitLayer => ['pack', limits];

/** The usual limits with those of the config laid over them, from the weakest to the strongest. */
export const layered = (usual: EffectiveLimits, layers: readonly LimitLayer[]): EffectiveLimits =>
  layers.reduce((below, [origin, limits]) => overlaid(below, origin, limits), usual);

import * as z from 'zod';
import { budgetNames } from '../../protocol/budget.ts';
import { extensionBudgetNames } from '../../protocol/extension/budget.ts';
import type { ExtensionSettings } from '../../protocol/extension/state.ts';
import type { Limits } from '../../protocol/limits.ts';
import { flexibleBoolean, wholeNumber } from './coercions.ts';
import { parserShape } from './parser-schema.ts';

/** A query as it stands in `schedule` or in a pack. */
export interface QueryConfig {
  readonly query: string;
  readonly interval?: number | undefined;
  readonly snapshot?: boolean | undefined;
  readonly removed?: boolean | undefined;
  readonly platform?: string | undefined;
  readonly version?: string | undefined;
  readonly shard?: number | undefined;
  readonly denylist?: boolean | undefined;
  readonly startup_priority?: number | undefined;
  readonly limits?: Limits | undefined;
}

/** A table of `auto_table_construction`. */
export interface ConstructedTableConfig {
  readonly query: string;
  readonly path: string;
  readonly columns: readonly string[];
  readonly platform?: string | undefined;
}

/** SQL whose first rows stand in every result line. */
export interface DecoratorsConfig {
  readonly load?: readonly string[] | undefined;
  readonly always?: readonly string[] | undefined;
  /** By seconds, which 60 divides. */
  readonly interval?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What a source or a pack adds to the tables. */
export interface TablesConfig {
  readonly yara?:
    | { readonly signatures?: Readonly<Record<string, readonly string[]>> | undefined }
    | undefined;
  readonly auto_table_construction?: Readonly<Record<string, ConstructedTableConfig>> | undefined;
  /** SELECT texts by name. */
  readonly views?: Readonly<Record<string, string>> | undefined;
}

/** A pack, inline or in a file of its own. */
export interface PackConfig extends TablesConfig {
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly decorators?: DecoratorsConfig | undefined;
  readonly queries?: Readonly<Record<string, QueryConfig>> | undefined;
  readonly discovery?: readonly string[] | undefined;
  readonly platform?: string | undefined;
  readonly version?: string | undefined;
  readonly shard?: number | undefined;
  readonly limits?: Limits | undefined;
}

/** A config source, as far as Leash serves it. Packs are parsed one by one, since some are paths. */
export interface SourceConfig extends TablesConfig {
  readonly decorators?: DecoratorsConfig | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly schedule?: Readonly<Record<string, QueryConfig>> | undefined;
  readonly packs?: Readonly<Record<string, unknown>> | undefined;
  readonly limits?: Limits | undefined;
  /** By the names of extensions. */
  readonly extensions?: Readonly<Record<string, ExtensionSettings>> | undefined;
  readonly prometheus_targets?: PrometheusTargets | undefined;
}

/** Whose metrics the table `prometheus_metrics` shows. */
export interface PrometheusTargets {
  readonly urls: readonly string[];
  /** Seconds that each may take. */
  readonly timeout?: number | undefined;
}

const text = z.string('a text');
const shard = wholeNumber(0, 100, 'a whole number from 0 to 100');
const limit = z.number('a number above 0').positive('a number above 0');
const limits = z.object(
  Object.fromEntries(budgetNames.map((name) => [name, limit.optional()])),
  'an object of limits',
) as z.ZodType<Limits>;

const query = z.object(
  {
    query: text.min(1, 'SQL'),
    interval: wholeNumber(1, 604_800, 'whole seconds from 1 to 604800').optional(),
    snapshot: flexibleBoolean.optional(),
    removed: flexibleBoolean.optional(),
    platform: text.optional(),
    version: text.optional(),
    shard: shard.optional(),
    denylist: flexibleBoolean.optional(),
    startup_priority: wholeNumber(-(2 ** 31), 2 ** 31 - 1, 'a whole number').optional(),
    description: z.unknown().optional(),
    value: z.unknown().optional(),
    limits: limits.optional(),
  },
  'a query object',
);
const queries = z.record(z.string(), query, 'an object of queries').optional();
const options = z.record(z.string(), z.unknown(), 'an object of flags').optional();

const extension: z.ZodType<ExtensionSettings> = z.object(
  {
    ...Object.fromEntries(extensionBudgetNames.map((name) => [name, limit.optional()])),
    run_as: text.min(1, 'USER, USER:GROUP or UID:GID').optional(),
    denylist: flexibleBoolean.optional(),
  },
  'an object of settings',
);

/** A pack object. */
export const packSchema: z.ZodType<PackConfig> = z.object(
  {
    queries,
    discovery: z.array(text, 'an array of SQL').optional(),
    platform: text.optional(),
    version: text.optional(),
    shard: shard.optional(),
    oncall: z.unknown().optional(),
    limits: limits.optional(),
    options,
    ...parserShape,
  },
  'a pack object or a path',
);

/** A config source. */
export const sourceSchema: z.ZodType<SourceConfig> = z.object({
  options,
  schedule: queries,
  packs: z.record(z.string(), z.unknown(), 'an object of packs').optional(),
  limits: limits.optional(),
  extensions: z.record(z.string(), extension, 'an object of extensions').optional(),
  ...parserShape,
});

import { z } from 'zod';
import { budgetNames } from '../../protocol/budget.ts';
import { nearest } from './nearest.ts';
import { type ConfigProblem, showValue } from './problem.ts';

/** Budgets as a config names them. */
export type Limits = Readonly<Partial<Record<string, number>>>;

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

/** A pack, inline or in a file of its own. */
export interface PackConfig {
  readonly queries?: Readonly<Record<string, QueryConfig>> | undefined;
  readonly discovery?: readonly string[] | undefined;
  readonly platform?: string | undefined;
  readonly version?: string | undefined;
  readonly shard?: number | undefined;
  readonly limits?: Limits | undefined;
}

/** A config source, as far as Leash serves it. */
export interface SourceConfig {
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly schedule?: Readonly<Record<string, QueryConfig>> | undefined;
  readonly packs?: Readonly<Record<string, string | PackConfig>> | undefined;
  readonly limits?: Limits | undefined;
}

/** osquery's coercions: booleans from 'true' and 't' and numbers, numbers from decimal text. */
const bool = z
  .union([z.boolean(), z.number(), z.string().regex(/^(true|t|false|f)$/i, 'true or false')], 'true or false')
  .transform((value) => (typeof value === 'string' ? /^t/i.test(value) : Boolean(value)));
const whole = (least: number, most: number, words: string): z.ZodType<number> =>
  z
    .union([z.number(), z.string().regex(/^\d+$/, words).transform(Number)], words)
    .refine((value) => Number.isInteger(value) && value >= least && value <= most, words);
const text = z.string('a text');
const anyValue = z.union(
  [z.boolean(), z.number(), z.string(), z.looseObject({}), z.array(z.unknown())],
  'a value',
);
const looseMap = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())], 'an object');

const limitWords = 'a number above 0';
const limits: z.ZodType<Limits> = z.partialRecord(
  z.enum(budgetNames as [string, ...string[]]),
  z.number(limitWords).positive(limitWords),
  'an object of limits',
);

const queryObject = z.object(
  {
    query: text.min(1, 'SQL text'),
    interval: whole(1, 604_800, 'whole seconds from 1 to 604800').optional(),
    snapshot: bool.optional(),
    removed: bool.optional(),
    platform: text.optional(),
    version: text.optional(),
    shard: whole(0, 100, 'a whole number from 0 to 100').optional(),
    denylist: bool.optional(),
    startup_priority: whole(0, Number.MAX_SAFE_INTEGER, 'a whole number from 0').optional(),
    description: z.unknown().optional(),
    value: z.unknown().optional(),
    limits: limits.optional(),
  },
  'a query object',
);

const packObject = z.object(
  {
    queries: z.record(z.string(), queryObject, 'an object of queries').optional(),
    discovery: z.array(text, 'an array of SQL').optional(),
    platform: text.optional(),
    version: text.optional(),
    shard: whole(0, 100, 'a whole number from 0 to 100').optional(),
    oncall: z.unknown().optional(),
    limits: limits.optional(),
    options: looseMap.optional(),
    decorators: looseMap.optional(),
    file_paths: looseMap.optional(),
    yara: looseMap.optional(),
  },
  'a pack object or a path',
);

// Keys of parts that Leash does not serve yet are known, and checked as far as their type.
const sourceObject = z.object({
  options: z.record(z.string(), anyValue, 'an object of flags').optional(),
  schedule: z.record(z.string(), queryObject, 'an object of queries').optional(),
  packs: z
    .record(z.string(), z.union([text, packObject], 'a pack object or a path'), 'an object of packs')
    .optional(),
  limits: limits.optional(),
  decorators: looseMap.optional(),
  file_paths: looseMap.optional(),
  file_paths_query: looseMap.optional(),
  file_accesses: looseMap.optional(),
  exclude_paths: looseMap.optional(),
  yara: looseMap.optional(),
  views: looseMap.optional(),
  auto_table_construction: looseMap.optional(),
  events: looseMap.optional(),
  feature_vectors: looseMap.optional(),
  prometheus_targets: looseMap.optional(),
  kafka_topics: looseMap.optional(),
  logger: looseMap.optional(),
});

export const packSchema: z.ZodType<PackConfig> = packObject;
export const sourceSchema: z.ZodType<SourceConfig> = sourceObject;
export const queryKeys: readonly string[] = Object.keys(queryObject.shape);
export const packKeys: readonly string[] = Object.keys(packObject.shape);
export const sourceKeys: readonly string[] = Object.keys(sourceObject.shape);

/** Keys of the config that Leash reads but does nothing with yet: a warning says so, since silence would mislead. */
export const unservedKeys: readonly string[] = Object.keys(sourceObject.shape).filter(
  (key) => !['options', 'schedule', 'packs', 'limits'].includes(key),
);

/** Errors of a failed parse, each with what stands at its place. */
export const problemsOf = (
  error: z.ZodError,
  root: unknown,
  file: string,
  prefix = '',
): readonly ConfigProblem[] => error.issues.flatMap((issue) => issueProblems(issue, [], root, file, prefix));

const issueProblems = (
  issue: z.core.$ZodIssue,
  at: readonly PropertyKey[],
  root: unknown,
  file: string,
  prefix: string,
): readonly ConfigProblem[] => {
  const path = [...at, ...issue.path];
  const value = valueAt(root, path);
  // A union whose value is an object was meant to be its object: tell what is wrong inside.
  if (
    issue.code === 'invalid_union' &&
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value)
  ) {
    const inner = issue.errors.at(-1) ?? [];
    if (inner.some((one) => one.path.length > 0)) {
      return inner.flatMap((one) => issueProblems(one, path, root, file, prefix));
    }
  }
  const key = `${prefix}${path.map(String).join('.')}`;
  return [{ severity: 'error', file, key, expected: issue.message, found: showValue(value) }];
};

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );

/** Warnings for keys that no schema knows. */
export const unknownKeys = (
  value: unknown,
  known: readonly string[],
  file: string,
  prefix: string,
): readonly ConfigProblem[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = nearest(key, known);
      return {
        severity: 'warning',
        file,
        key: `${prefix}${key}`,
        expected: near === undefined ? `one of ${known.slice(0, 6).join(', ')}, …` : `'${near}'?`,
        found: 'a key that Leash does not know; it is ignored',
      };
    });
};

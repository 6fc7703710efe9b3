import * as z from 'zod';
import { wholeNumber } from './coercions.ts';

const text = z.string('a text');
const texts = (words: string): z.ZodType => z.array(text, words);
const textsByName = (words: string): z.ZodType => z.record(z.string(), texts('an array of texts'), words);

const decorators = z.object(
  {
    load: texts('an array of SQL').optional(),
    always: texts('an array of SQL').optional(),
    interval: z
      .record(
        z
          .string()
          .refine((key) => /^[1-9]\d*$/.test(key) && Number(key) % 60 === 0, 'seconds that 60 divides'),
        texts('an array of SQL'),
        'an object of seconds',
      )
      .optional(),
  },
  'an object of decorators',
);

const yara = z.object(
  {
    signatures: textsByName('an object of rule files').optional(),
    signature_urls: texts('an array of URLs').optional(),
    file_paths: textsByName('an object of groups').optional(),
  },
  'an object',
);

const constructedTable = z.object(
  {
    query: text,
    path: text,
    columns: texts('an array of column names'),
    platform: text.optional(),
  },
  'an object of query, path and columns',
);

/**
 * Keys of osquery's config parsers, allowed in a config source and in a pack. A mistake in one that Leash does not serve
 * is told all the same.
 */
export const parserShape: Readonly<Record<string, z.ZodType>> = {
  decorators: decorators.optional(),
  file_paths: textsByName('an object of path patterns').optional(),
  file_paths_query: textsByName('an object of SQL').optional(),
  file_accesses: texts('an array of categories').optional(),
  exclude_paths: textsByName('an object of path patterns').optional(),
  yara: yara.optional(),
  views: z.record(z.string(), text, 'an object of SELECT texts').optional(),
  auto_table_construction: z.record(z.string(), constructedTable, 'an object of tables').optional(),
  events: z
    .object(
      {
        enable_subscribers: texts('an array of names').optional(),
        disable_subscribers: texts('an array of names').optional(),
      },
      'an object',
    )
    .optional(),
  feature_vectors: z.looseObject({}, 'an object').optional(),
  prometheus_targets: z
    .object(
      {
        urls: texts('an array of URLs'),
        timeout: wholeNumber(1, 86_400, 'whole seconds from 1').optional(),
      },
      'an object of urls',
    )
    .optional(),
  kafka_topics: textsByName('an object of query names').optional(),
  logger: z.looseObject({}, 'an object').optional(),
};

const without = (...served: readonly string[]): readonly string[] =>
  Object.keys(parserShape).filter((key) => !served.includes(key));

/** Keys that are read and have no effect yet: those of a source. */
export const unservedInSource: readonly string[] = without(
  'decorators',
  'views',
  'auto_table_construction',
  'prometheus_targets',
  'yara',
);

/** The same for a pack. */
export const unservedInPack: readonly string[] = without(
  'decorators',
  'views',
  'auto_table_construction',
  'yara',
);

/** The same for `yara`: nothing is scanned when it changes, and no rules are downloaded. */
export const unservedYaraKeys: readonly string[] = ['file_paths', 'signature_urls'];

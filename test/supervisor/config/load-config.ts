import { budgetOfLevel } from '../../../protocol/budget.ts';
import { checkReport } from '../../../supervisor/config/check.ts';
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../../supervisor/config/load.ts';
import { levelLimits } from '../../../supervisor/limits/effective.ts';

/** Files by path: texts as they stand, anything else as JSON over several lines. */
export type Files = Readonly<Record<string, unknown>>;

const textOf = (file: unknown): string => (typeof file === 'string' ? file : JSON.stringify(file, null, 1));

/** Loads `main.conf` of some files in memory; `*` in the last name of a pattern is the only wildcard. */
export const load = (files: Files, options: Partial<LoadOptions> = {}): LoadedConfig =>
  loadConfig({
    path: 'main.conf',
    readText: (path) =>
      Object.hasOwn(files, path) ? { text: textOf(files[path]) } : { problem: 'no file of this name' },
    glob: (pattern) => {
      const [before = '', after = ''] = pattern.split('*');
      return {
        paths: Object.keys(files).filter((name) => name.startsWith(before) && name.endsWith(after)),
      };
    },
    host: { hostname: 'host', osqueryVersion: '5.19.0' },
    packDelimiter: '_',
    defaultInterval_s: 3600,
    limits: levelLimits(budgetOfLevel['0']),
    ...options,
  });

/** What `leash check` says about them. */
export const said = (files: Files): readonly string[] => checkReport('main.conf', load(files)).lines;

/** Names of the queries that would run. */
export const names = (files: Files): readonly string[] | undefined =>
  load(files).config?.schedule.map((query) => query.name);

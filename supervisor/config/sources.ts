import { posix } from 'node:path';
import { type ConfigFile, parseConfigFile } from './config-file.ts';
import { optionProblems } from './option-problems.ts';
import { unservedInPack, unservedInSource, unservedYaraKeys } from './parser-schema.ts';
import type { ConfigProblem } from './problem.ts';
import { type PackConfig, packSchema, type SourceConfig, sourceSchema } from './schema.ts';
import { checkValue } from './schema-problems.ts';

/** Where config files come from. */
export interface ConfigReader {
  /** Text of a file, or why it cannot be read. */
  readonly readText: (path: string) => { readonly text: string } | { readonly problem: string };
  /**
   * Paths that a pattern stands for (`*` and `?` in names), in name order; none when a directory does not exist,
   * the reason when one cannot be read.
   */
  readonly glob: (pattern: string) => { readonly paths: readonly string[] } | { readonly problem: string };
  /** Of a config plugin; absent for files. */
  readonly plugin?: PluginSources;
}

/** How the sources of a config plugin are found, which have names instead of paths. */
export interface PluginSources {
  /** In their order; `readText` takes them. */
  readonly sources: () => readonly string[];
  /** What `readText` takes for the pack of that name whose definition is this text. */
  readonly packPath: (name: string, value: string) => string;
}

/** A pack and the place that defines it. */
export interface LoadedPack {
  readonly name: string;
  readonly pack: PackConfig;
  readonly file: ConfigFile;
  /** Path of the pack within its file; empty for a file of its own. */
  readonly at: readonly string[];
}

/** One config file with its packs. */
export interface LoadedSource {
  readonly file: ConfigFile;
  readonly config: SourceConfig;
  readonly packs: readonly LoadedPack[];
}

/** Every source that can be used, and everything that is wrong in any of them. */
export interface LoadedSources {
  readonly sources: readonly LoadedSource[];
  readonly problems: readonly ConfigProblem[];
}

/** Reads the sources of the plugin, or the main file and then `<main>.d/*.conf` in name order, each with its packs. */
export const loadSources = (mainPath: string, reader: ConfigReader): LoadedSources => {
  const problems: ConfigProblem[] = [];
  const paths = reader.plugin?.sources() ?? filePaths(mainPath, reader, problems);
  const sources = paths.flatMap((path) => loadSource(path, reader, problems));
  return { sources, problems };
};

const filePaths = (mainPath: string, reader: ConfigReader, problems: ConfigProblem[]): readonly string[] => {
  const more = reader.glob(`${mainPath}.d/*.conf`);
  if ('problem' in more) problems.push(unreadable(`${mainPath}.d`, 'a readable directory', more.problem));
  return [mainPath, ...('paths' in more ? more.paths : [])];
};

const loadSource = (
  path: string,
  reader: ConfigReader,
  problems: ConfigProblem[],
): readonly LoadedSource[] => {
  const file = readFile(path, reader, problems);
  if (file === undefined) return [];
  const checked = checkValue(sourceSchema, file.value, file, []);
  problems.push(...checked.problems, ...unserved(file, file.value, unservedInSource, []));
  // Packs and options are checked even beside errors, so that everything is told at once.
  const packs = loadPacks(file, reader, problems);
  problems.push(...wrongOptions(file.value, file, []));
  return checked.value === undefined ? [] : [{ file, config: checked.value, packs }];
};

const readFile = (path: string, reader: ConfigReader, problems: ConfigProblem[]): ConfigFile | undefined => {
  const read = reader.readText(path);
  if ('problem' in read) {
    problems.push(unreadable(path, 'a readable file', read.problem));
    return undefined;
  }
  const parsed = parseConfigFile(path, read.text);
  if (parsed.ok) problems.push(...parsed.value.warnings);
  else problems.push(parsed.error);
  return parsed.ok ? parsed.value : undefined;
};

/** Packs of a source: inline ones as they stand, others from the files that they name. */
const loadPacks = (
  file: ConfigFile,
  reader: ConfigReader,
  problems: ConfigProblem[],
): readonly LoadedPack[] => {
  const { packs } = file.value;
  if (!isObject(packs)) return [];
  return Object.entries(packs).flatMap(([name, pack]) => {
    const at = ['packs', name];
    if (typeof pack !== 'string') return checkPack(name, pack, file, at, problems);
    return packPaths(name, pack, file, reader, problems).flatMap((path) => {
      const before = problems.length;
      const packFile = readFile(path, reader, problems);
      if (packFile !== undefined) {
        return checkPack(name === '*' ? stem(path) : name, packFile.value, packFile, [], problems);
      }
      // Without this the reader of the report could not tell who wants that file.
      if (problems.length > before) problems.push(file.problem('error', at, 'a usable pack file', path));
      return [];
    });
  });
};

/** Relative paths are relative to the file that names them, wherever the daemon was started. */
const packPaths = (
  name: string,
  pack: string,
  file: ConfigFile,
  reader: ConfigReader,
  problems: ConfigProblem[],
): readonly string[] => {
  if (reader.plugin !== undefined) return [reader.plugin.packPath(name, pack)];
  const path = posix.isAbsolute(pack) ? pack : posix.join(posix.dirname(file.path), pack);
  if (name !== '*') return [path];
  const found = reader.glob(path);
  if ('problem' in found) {
    problems.push(file.problem('error', ['packs', name], 'a pattern of readable files', found.problem));
    return [];
  }
  if (found.paths.length === 0) {
    problems.push(
      file.problem(
        'warning',
        ['packs', name],
        'a pattern that some file matches',
        `'${path}', which matches none`,
      ),
    );
  }
  return found.paths;
};

const checkPack = (
  name: string,
  value: unknown,
  file: ConfigFile,
  at: readonly string[],
  problems: ConfigProblem[],
): readonly LoadedPack[] => {
  const checked = checkValue(packSchema, value, file, at);
  problems.push(...checked.problems);
  if (isObject(value))
    problems.push(...unserved(file, value, unservedInPack, at), ...wrongOptions(value, file, at));
  return checked.value === undefined ? [] : [{ name, pack: checked.value, file, at }];
};

const wrongOptions = (
  { options }: Readonly<Record<string, unknown>>,
  file: ConfigFile,
  at: readonly string[],
): readonly ConfigProblem[] => (isObject(options) ? optionProblems(options, file, at) : []);

/** Keys that Leash reads and does nothing with yet, unless they are empty: silence would mislead. */
const unserved = (
  file: ConfigFile,
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  at: readonly string[],
): readonly ConfigProblem[] => [
  ...withoutEffect(file, value, keys, at),
  ...(isObject(value.yara) ? withoutEffect(file, value.yara, unservedYaraKeys, [...at, 'yara']) : []),
];

const withoutEffect = (
  file: ConfigFile,
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  at: readonly string[],
): readonly ConfigProblem[] =>
  keys
    .filter((key) => Object.keys(value[key] ?? {}).length > 0)
    .map((key) => {
      const found = 'a part of osquery that Leash does not serve yet; it is ignored';
      return file.problem('warning', [...at, key], 'a key that has an effect', found);
    });

const unreadable = (file: string, expected: string, found: string): ConfigProblem => ({
  severity: 'error',
  file,
  line: undefined,
  key: '',
  expected,
  found,
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The file's name without its last ending is the pack's name. */
const stem = (path: string): string => posix.parse(path).name;

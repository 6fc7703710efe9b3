import { globSync, readFileSync, statSync } from 'node:fs';

/** Text of a file, or why there is none. */
export type ConfigText = { readonly text: string } | { readonly problem: string };

/**
 * Reads a config file. One that others may write could make a daemon of root run anything as a query, so it is
 * refused unless `allowUnsafe` says otherwise.
 */
export const readConfigFile = (path: string, uid: number, allowUnsafe: boolean): ConfigText => {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { problem: 'something that is no regular file' };
    if (!allowUnsafe && (stat.mode & 0o022) !== 0) {
      const mode = (stat.mode & 0o7777).toString(8);
      return { problem: `mode 0${mode}, which lets others write it; run: chmod go-w ${path}` };
    }
    if (!allowUnsafe && stat.uid !== 0 && stat.uid !== uid) {
      return { problem: `owner uid ${stat.uid}; it must be root or uid ${uid}: run: chown ${uid} ${path}` };
    }
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
};

/** Files that a shell-like pattern names, in name order. */
export const globConfigFiles = (pattern: string): readonly string[] => globSync(pattern).sort();

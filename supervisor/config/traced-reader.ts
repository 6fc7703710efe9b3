import { createHash } from 'node:crypto';
import type { ConfigReader } from './sources.ts';

/** A reader that remembers what it was asked and what it answered, as hashes. */
export interface TracedReader extends ConfigReader {
  /**
   * Would every question be answered as it was? Then loading once more would come to the same: loading is a pure
   * function of these answers. Packs, files of `.d` and what could not be read count like the main file.
   */
  unchanged(): boolean;
}

/** Traces one loading; each begins with a reader of its own. */
export const tracedReader = (reader: ConfigReader): TracedReader => {
  const texts = new Map<string, string>();
  const globs = new Map<string, string>();
  const { plugin } = reader;
  let sources: string | undefined;
  return {
    readText: (path) => {
      const answer = reader.readText(path);
      texts.set(path, digest(answer));
      return answer;
    },
    glob: (pattern) => {
      const answer = reader.glob(pattern);
      globs.set(pattern, digest(answer));
      return answer;
    },
    ...(plugin === undefined
      ? {}
      : {
          plugin: {
            ...plugin,
            sources: () => {
              const names = plugin.sources();
              sources = digest(names);
              return names;
            },
          },
        }),
    unchanged: () =>
      (plugin === undefined || digest(plugin.sources()) === sources) &&
      [...globs].every(([pattern, before]) => digest(reader.glob(pattern)) === before) &&
      [...texts].every(([path, before]) => digest(reader.readText(path)) === before),
  };
};

const digest = (answer: unknown): string => createHash('sha256').update(JSON.stringify(answer)).digest('hex');

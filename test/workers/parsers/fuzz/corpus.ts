import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixture } from '../../tables/run-table.ts';

/** An input that is kept: a whole sample of the format (`whole-…`), or one that a parser once gave way to (`found-…`). */
export interface CorpusEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

const folderOf = (target: string): string => fixture(join('corpus', target));

/** The kept inputs of a target, in the order of their names. */
export const corpusOf = (target: string): readonly CorpusEntry[] =>
  readdirSync(folderOf(target))
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(folderOf(target), name)) }));

/** Whole samples of a target's format, which inputs are made of. What was found is not among them: it is at its worst already. */
export const samplesOf = (target: string): readonly Buffer[] =>
  corpusOf(target).flatMap(({ name, bytes }) => (name.startsWith('whole-') ? [bytes] : []));

/** Names of the targets that have kept inputs. */
export const corpusNames = (): readonly string[] => readdirSync(fixture('corpus')).toSorted();

/** Keeps an input that a parser gave way to; gives its path. */
export const keepFound = (target: string, seed: number, number: number, bytes: Uint8Array): string => {
  mkdirSync(folderOf(target), { recursive: true });
  const path = join(folderOf(target), `found-${seed}-${number}`);
  writeFileSync(path, bytes);
  return path;
};

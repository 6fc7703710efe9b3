import type { HostFiles } from '../../protocol/host-files.ts';
import type { RpmHeader } from '../parsers/rpm-header.ts';

/** Headers by the texts that they are looked up by. */
type ByText = ReadonlyMap<string, readonly RpmHeader[]>;

/** Where a run stands with a look-up of one kind: it was asked once, there is too much to keep, or it is kept. */
type Kept = 'asked' | 'too_much' | ByText;

/** Of files with all that the tables show some 100 MiB. */
const textsMost = 250_000;

/** By the door, of which every run has its own, and by what is looked up where. */
const keptByRun = new WeakMap<HostFiles, Map<string, Kept>>();

/** A look-up in a database whose own indexes are not read. */
export interface LookUp {
  /** Names what is read and by what it is looked up: look-ups of one run that are alike share what was read. */
  readonly kind: string;
  readonly keys: readonly string[];
  /** The texts of a header that a key may be. */
  readonly textsOf: (header: RpmHeader) => readonly string[];
  /** Reads the headers of all packages. */
  readonly readAll: () => Iterable<RpmHeader>;
}

/**
 * Headers that a look-up finds. The first one of a run goes through all headers and keeps nothing. Who asks again is a
 * join, which asks for each of its rows: then the headers are kept until the run is over, unless they are too many.
 */
export function* lookedUpHeaders(files: HostFiles, lookUp: LookUp): Generator<RpmHeader> {
  const known = keptByRun.get(files) ?? new Map<string, Kept>();
  keptByRun.set(files, known);
  const before = known.get(lookUp.kind);
  const kept = before === 'asked' ? byText(lookUp) : (before ?? 'asked');
  known.set(lookUp.kind, kept);
  if (typeof kept !== 'string') {
    for (const key of lookUp.keys) yield* kept.get(key) ?? [];
    return;
  }
  for (const header of lookUp.readAll())
    if (lookUp.textsOf(header).some((text) => lookUp.keys.includes(text))) yield header;
}

const byText = ({ readAll, textsOf }: LookUp): Kept => {
  const kept = new Map<string, RpmHeader[]>();
  let texts = 0;
  for (const header of readAll()) {
    for (const text of new Set(textsOf(header))) {
      const others = kept.get(text);
      if (others === undefined) kept.set(text, [header]);
      else others.push(header);
      texts += 1;
    }
    if (texts > textsMost) return 'too_much';
  }
  return kept;
};

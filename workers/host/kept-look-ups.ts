import type { HostFiles } from '../../protocol/host-files.ts';

/** What is found, by the texts that it is looked up by. */
type ByText<Found> = ReadonlyMap<string, readonly Found[]>;

/** A look-up where no index of the host's serves. */
export interface LookUp<Found> {
  readonly keys: readonly string[];
  /** The texts of which a key may be one. */
  readonly textsOf: (found: Found) => readonly string[];
  /** Reads everything that there is. */
  readonly readAll: () => Iterable<Found>;
}

/**
 * Look-ups of one kind. The first one of a run reads everything and keeps nothing. Who asks again is a join, which asks for
 * each of its rows in a scan of its own: then what is read is kept until the run is over, unless it is more than
 * `textsMost`.
 */
export class KeptLookUps<Found> {
  readonly #textsMost: number;
  /** By the door, of which every run has its own, and what is read: asked once, too much to keep, or kept. */
  readonly #byRun = new WeakMap<HostFiles, Map<string, 'asked' | 'too_much' | ByText<Found>>>();

  constructor(textsMost: number) {
    this.#textsMost = textsMost;
  }

  /** What a look-up finds. Look-ups of one run with the same `source` share what was read. */
  *find(files: HostFiles, source: string, lookUp: LookUp<Found>): Generator<Found> {
    const known = this.#byRun.get(files) ?? new Map<string, 'asked' | 'too_much' | ByText<Found>>();
    this.#byRun.set(files, known);
    const before = known.get(source);
    const kept = before === 'asked' ? this.#keep(lookUp) : (before ?? 'asked');
    known.set(source, kept);
    if (typeof kept !== 'string') {
      for (const key of lookUp.keys) yield* kept.get(key) ?? [];
      return;
    }
    for (const found of lookUp.readAll())
      if (lookUp.textsOf(found).some((text) => lookUp.keys.includes(text))) yield found;
  }

  #keep({ readAll, textsOf }: LookUp<Found>): 'too_much' | ByText<Found> {
    const kept = new Map<string, Found[]>();
    let texts = 0;
    for (const found of readAll()) {
      for (const text of new Set(textsOf(found))) {
        const others = kept.get(text);
        if (others === undefined) kept.set(text, [found]);
        else others.push(found);
        texts += 1;
      }
      if (texts > this.#textsMost) return 'too_much';
    }
    return kept;
  }
}

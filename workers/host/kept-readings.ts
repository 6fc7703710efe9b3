import type { HostFiles } from '../../protocol/host-files.ts';

/** What was read, by the texts that it is looked up by. */
type ByText<Found> = ReadonlyMap<string, readonly Found[]>;

/** A look-up where no index of the host's serves. */
export interface LookUp<Found> {
  readonly keys: readonly string[];
  /** The texts of which a key may be one. */
  readonly textsOf: (found: Found) => readonly string[];
  /** Reads everything that there is. */
  readonly readAll: () => Iterable<Found>;
}

/** Of what is not looked up by anything: it is kept under a text that all have. */
const everything = [''];
const inEverything = (): readonly string[] => everything;

/**
 * What the scans of one run read of one thing. The first scan reads and keeps nothing. Who scans again is a join, which
 * scans for each row of another table: then what is read is kept until the run is over, unless it is more than `textsMost`.
 */
export class KeptReadings<Found> {
  readonly #textsMost: number;
  /** By the door, of which every run has its own, and what is read: once so far, too much to keep, or kept. */
  readonly #byRun = new WeakMap<HostFiles, Map<string, 'once' | 'too_much' | ByText<Found>>>();

  constructor(textsMost: number) {
    this.#textsMost = textsMost;
  }

  /** What a look-up finds. Look-ups with the same `source` find it in the same reading. */
  *lookUp(files: HostFiles, source: string, { keys, textsOf, readAll }: LookUp<Found>): Generator<Found> {
    const kept = this.#keptOf(files, source, readAll, textsOf);
    if (kept !== undefined) {
      for (const key of keys) yield* kept.get(key) ?? [];
      return;
    }
    for (const found of readAll()) if (textsOf(found).some((text) => keys.includes(text))) yield found;
  }

  /** Everything. Scans with the same `source` share a reading. */
  all(files: HostFiles, source: string, readAll: () => Iterable<Found>): Iterable<Found> {
    const kept = this.#keptOf(files, source, readAll, inEverything);
    return kept === undefined ? readAll() : (kept.get('') ?? []);
  }

  /** What is kept, from the second scan on; undefined while a scan has to read. */
  #keptOf(
    files: HostFiles,
    source: string,
    readAll: () => Iterable<Found>,
    textsOf: (found: Found) => readonly string[],
  ): ByText<Found> | undefined {
    const known = this.#byRun.get(files) ?? new Map<string, 'once' | 'too_much' | ByText<Found>>();
    this.#byRun.set(files, known);
    const before = known.get(source);
    const now = before === 'once' ? this.#keep(readAll, textsOf) : (before ?? 'once');
    known.set(source, now);
    return typeof now === 'string' ? undefined : now;
  }

  #keep(
    readAll: () => Iterable<Found>,
    textsOf: (found: Found) => readonly string[],
  ): 'too_much' | ByText<Found> {
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

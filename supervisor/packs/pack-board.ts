import { isDeepStrictEqual } from 'node:util';
import type { ConfigPack, ScheduledQuery } from '../config/config.ts';

/** What the discovery queries of a pack said last. */
export type Discovered =
  | { readonly kind: 'found' }
  /** The pack is not for this host as it is now. `sql`: the query without a row. */
  | { readonly kind: 'nothing'; readonly sql: string }
  /** A query that fails says no, as in osquery. */
  | { readonly kind: 'failed'; readonly sql: string; readonly message: string };

/** What is known of one pack. */
export interface PackEntry {
  readonly pack: ConfigPack;
  /** Undefined: nobody has answered yet. */
  readonly discovered: Discovered | undefined;
  readonly discovered_unix_ms: number;
  /** How often discovery ran, and how often the schedule went by its last answer; since the pack last changed. */
  readonly executions: number;
  readonly cacheHits: number;
}

/** The packs of the config as data: written by discovery, read by the schedule, the decorators and tables. */
export class PackBoard {
  readonly #discovers: boolean;
  #entries = new Map<string, PackEntry>();

  /** `discovers`: false for a supervisor without a schedule. It asks no pack, and so shows all that are for this host. */
  constructor(packs: readonly ConfigPack[], { discovers }: { readonly discovers: boolean }) {
    this.#discovers = discovers;
    this.replace(packs);
  }

  /** The packs of another config; what is known of one that has not changed stays. */
  replace(packs: readonly ConfigPack[]): void {
    const former = this.#entries;
    this.#entries = new Map(
      packs.map((pack) => {
        const known = former.get(pack.key);
        return [pack.key, known !== undefined && isDeepStrictEqual(known.pack, pack) ? known : unknown(pack)];
      }),
    );
  }

  entries(): readonly PackEntry[] {
    return [...this.#entries.values()];
  }

  get(key: string): PackEntry | undefined {
    return this.#entries.get(key);
  }

  update(key: string, change: Partial<Omit<PackEntry, 'pack'>>): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#entries.set(key, { ...entry, ...change });
  }

  /** Do the queries of this pack run here? Those without a key are not decided by discovery. */
  applies(key: string | undefined): boolean {
    if (key === undefined) return true;
    const entry = this.#entries.get(key);
    return entry !== undefined && this.isActive(entry);
  }

  /** Entries of the schedule whose pack, if they have one, is for this host at present. */
  active<Entry extends { readonly query: Pick<ScheduledQuery, 'pack'> }>(
    entries: readonly Entry[],
  ): readonly Entry[] {
    return entries.filter(({ query }) => this.applies(query.pack));
  }

  isActive({ pack, discovered }: PackEntry): boolean {
    return this.#discovers && isAsked(pack) ? discovered?.kind === 'found' : pack.isForThisHost;
  }

  /** The schedule goes by the last answers once more. */
  countUse(): void {
    for (const { pack, discovered, cacheHits } of this.#entries.values())
      if (discovered !== undefined) this.update(pack.key, { cacheHits: cacheHits + 1 });
  }
}

/** Whether discovery has a say in it. */
export const isAsked = ({ isForThisHost, discovery }: ConfigPack): boolean =>
  isForThisHost && discovery.length > 0;

const unknown = (pack: ConfigPack): PackEntry => ({
  pack,
  discovered: undefined,
  discovered_unix_ms: 0,
  executions: 0,
  cacheHits: 0,
});

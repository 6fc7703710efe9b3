import type { TableValue } from '../../protocol/table.ts';

type Row = Readonly<Record<string, TableValue>>;

/**
 * Gives each row of a scan a rowid that another scan of the same table gives it too: SQLite joins the branches of an
 * OR by rowid, and a rowid that differs shows a row twice. It is a hash of the key columns and of how many
 * rows of that key came before. Without key columns there is only one way to scan, and the row's number serves.
 */
export class RowKeys {
  readonly #keys: readonly string[];
  readonly #seen = new Map<number, number>();
  #hash = 0;
  #ordinal = -1;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** Must be called for each row of the scan, in order: it counts equal keys. */
  next(row: Row): void {
    if (this.#keys.length === 0) {
      this.#ordinal += 1;
      return;
    }
    this.#hash = hashOf(this.#keys, row, 0x811c9dc5);
    this.#ordinal = this.#seen.get(this.#hash) ?? 0;
    this.#seen.set(this.#hash, this.#ordinal + 1);
  }

  /** Upper 32 bits of the current row's rowid. */
  get high(): number {
    return this.#hash;
  }

  /** Lower 32 bits of the current row's rowid. */
  low(row: Row): number {
    // A second hash keeps two keys of one first hash apart; the ordinal keeps rows of one key apart.
    return this.#keys.length === 0
      ? this.#ordinal
      : (hashOf(this.#keys, row, 0x9e3779b9) + this.#ordinal) | 0;
  }
}

/** FNV-1a over the values' text, with a separator so that ('a','b') and ('ab','') differ. */
const hashOf = (keys: readonly string[], row: Row, seed: number): number => {
  let hash = seed | 0;
  for (const key of keys) {
    const value = row[key];
    if (typeof value === 'number' && (value | 0) === value) hash = Math.imul(hash ^ value, 0x01000193);
    else hash = hashText(value === null || value === undefined ? '' : String(value), hash);
    hash = Math.imul(hash ^ 0x1f, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash;
};

const hashText = (text: string, seed: number): number => {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
};

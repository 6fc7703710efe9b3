/** What changed between two results, as canonical row texts. */
export interface Differential {
  /** In the order of the new result. */
  readonly added: readonly string[];
  /** In the order of the old one. */
  readonly removed: readonly string[];
}

/** Compares two results as multisets of whole rows. */
export const compareResults = (before: readonly string[], after: readonly string[]): Differential => {
  const unmatched = new Map<string, number>();
  for (const row of before) unmatched.set(row, (unmatched.get(row) ?? 0) + 1);
  const added: string[] = [];
  for (const row of after) {
    const count = unmatched.get(row) ?? 0;
    if (count === 0) added.push(row);
    else unmatched.set(row, count - 1);
  }
  if (added.length === after.length - before.length) return { added, removed: [] };
  const removed: string[] = [];
  // Which of several equal rows is reported makes no difference: their texts are the same.
  for (const row of before) {
    const count = unmatched.get(row) ?? 0;
    if (count === 0) continue;
    removed.push(row);
    unmatched.set(row, count - 1);
  }
  return { added, removed };
};

/** What changed between two results, as canonical row texts. */
export interface Differential {
  /** In the order of the new result. */
  readonly added: readonly string[];
  /** In the order of the old one. */
  readonly removed: readonly string[];
}

/** Compares two results as multisets of whole rows. */
export const compareResults = (before: readonly string[], after: readonly string[]): Differential => {
  const { old, now } = withoutPairs(before, after);
  const unmatched = new Map<string, number>();
  for (const row of old) unmatched.set(row, (unmatched.get(row) ?? 0) + 1);
  const added: string[] = [];
  for (const row of now) {
    const count = unmatched.get(row) ?? 0;
    if (count === 0) added.push(row);
    else unmatched.set(row, count - 1);
  }
  if (added.length === now.length - old.length) return { added, removed: [] };
  const removed: string[] = [];
  for (const row of old) {
    const count = unmatched.get(row) ?? 0;
    if (count === 0) continue;
    removed.push(row);
    unmatched.set(row, count - 1);
  }
  return { added, removed };
};

/**
 * Takes rows off both sides that are equal and stand at the same place, counted from the start or from the end: most
 * results come in the order of the last one, and two texts are compared sooner than one is looked up. Which of several
 * equal rows is left makes no difference: their texts are the same.
 */
const withoutPairs = (
  before: readonly string[],
  after: readonly string[],
): { readonly old: readonly string[]; readonly now: readonly string[] } => {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let oldEnd = before.length;
  let nowEnd = after.length;
  while (oldEnd > start && nowEnd > start && before[oldEnd - 1] === after[nowEnd - 1]) {
    oldEnd -= 1;
    nowEnd -= 1;
  }
  const old = before.slice(start, oldEnd);
  const now = after.slice(start, nowEnd);
  return {
    old: old.filter((row, index) => row !== now[index]),
    now: now.filter((row, index) => row !== old[index]),
  };
};

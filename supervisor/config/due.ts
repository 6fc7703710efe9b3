/** What decides when a query runs. */
export interface DueEntry {
  readonly query: { readonly name: string; readonly startup_priority: number | undefined };
  readonly splayed_s: number;
  /** Where in the splayed interval it starts. */
  readonly offset_ms: number;
}

/** A start within the second that a tick begins. */
export interface Due<Entry> {
  readonly entry: Entry;
  /** Milliseconds after the tick, from 0 to 999. */
  readonly after_ms: number;
}

/**
 * Queries that are due in the second after a tick, at most once each; those that start together in the order of
 * osquery: startup priority first, then name. A query with a startup priority runs once more at the first tick that
 * sees it; its name is then added to `startedOnce`.
 */
export const dueQueries = <Entry extends DueEntry>(
  entries: readonly Entry[],
  tick_s: number,
  startedOnce: Set<string>,
): readonly Due<Entry>[] => {
  const due: Due<Entry>[] = [];
  for (const entry of entries) {
    const { query, splayed_s, offset_ms } = entry;
    if (query.startup_priority !== undefined && !startedOnce.has(query.name)) {
      startedOnce.add(query.name);
      due.push({ entry, after_ms: 0 });
    } else if ((tick_s - Math.floor(offset_ms / 1000)) % splayed_s === 0) {
      due.push({ entry, after_ms: offset_ms % 1000 });
    }
  }
  return due.sort((one, other) => one.after_ms - other.after_ms || byPriority(one.entry, other.entry));
};

const byPriority = (one: DueEntry, other: DueEntry): number => {
  const [left, right] = [one, other].map(({ query }) => query.startup_priority ?? Number.POSITIVE_INFINITY);
  if (left !== right) return (left ?? 0) < (right ?? 0) ? -1 : 1;
  return one.query.name < other.query.name ? -1 : one.query.name > other.query.name ? 1 : 0;
};

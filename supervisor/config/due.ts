/** What decides when a query runs. */
export interface DueEntry {
  readonly query: { readonly name: string; readonly startup_priority: number | undefined };
  readonly splayed_s: number;
}

/**
 * Queries that are due at a tick, in the order of osquery: startup priority first, then name. A query with a startup
 * priority runs once more at the first tick that sees it; its name is then added to `startedOnce`.
 */
export const dueQueries = <Entry extends DueEntry>(
  entries: readonly Entry[],
  tick_s: number,
  startedOnce: Set<string>,
): readonly Entry[] => {
  const due = entries.filter(({ query, splayed_s }) => {
    if (query.startup_priority !== undefined && !startedOnce.has(query.name)) {
      startedOnce.add(query.name);
      return true;
    }
    return tick_s % splayed_s === 0;
  });
  return due.sort(byPriority);
};

const byPriority = (one: DueEntry, other: DueEntry): number => {
  const [left, right] = [one, other].map(({ query }) => query.startup_priority ?? Number.POSITIVE_INFINITY);
  if (left !== right) return (left ?? 0) < (right ?? 0) ? -1 : 1;
  return one.query.name < other.query.name ? -1 : one.query.name > other.query.name ? 1 : 0;
};

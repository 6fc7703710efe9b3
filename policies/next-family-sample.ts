import type { ExtensionBudget } from '../protocol/extension/budget.ts';
import type { FamilySample } from '../protocol/family-sample.ts';

/**
 * A look at a family reads all of /proc: some milliseconds on an ordinary host. Once a second that is a few thousandths
 * of a core, and a fork bomb is found within the second. Families in which nothing grows are looked at when a second of
 * the clock begins, all of them together, so that one reading does for all.
 */
const longest_ms = 1_000;
/** Next to a family that fills /proc a look takes long; so much time is left to everything else between two. */
const shortest_ms = 100;

/**
 * When to look at a family again: before anything that grew since the last look would reach its limit if it grew twice
 * as fast from here on. The first look after a start comes soon, since nothing is known yet.
 */
export const nextFamilySample_ms = (
  former: FamilySample | undefined,
  last: FamilySample | undefined,
  budget: ExtensionBudget,
): number => {
  if (former === undefined || last === undefined) return shortest_ms;
  const elapsed_ms = Math.max(1, last.at_ms - former.at_ms);
  const until_ms = [
    longest_ms - (last.at_ms % longest_ms),
    room_ms(former.private_bytes, last.private_bytes, budget.memory_mb * 2 ** 20, elapsed_ms),
    room_ms(former.processes, last.processes, budget.processes, elapsed_ms),
    room_ms(former.descriptors, last.descriptors, budget.descriptors, elapsed_ms),
  ];
  return Math.max(shortest_ms, Math.min(...until_ms));
};

const room_ms = (former: number, last: number, limit: number, elapsed_ms: number): number => {
  const grown = last - former;
  return grown <= 0 ? Number.POSITIVE_INFINITY : ((limit - last) / (2 * grown)) * elapsed_ms;
};

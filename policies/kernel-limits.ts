import type { Budget } from '../protocol/budget.ts';
import type { ExtensionBudget } from '../protocol/extension/budget.ts';

/** What a worker holds before its query begins: 60 to 90 MiB, and up to 32 that earlier queries left. */
const worker_mb = 160;
/** The guard is the first to act, and it needs a moment. */
const headroom = 1.25;

/**
 * What the kernel is asked to hold a worker to under a budget: its memory a little above what the guard allows, for
 * the moments in which the guard itself is held up, and the share of a throttled query. It depends on the budget
 * alone, so that most leases change nothing.
 */
export const kernelLimits = (
  budget: Budget,
): { readonly memory_bytes: number; readonly cpu_percent: number } => ({
  memory_bytes: Math.ceil(budget.memory_mb * headroom + worker_mb) * 2 ** 20,
  cpu_percent: budget.throttle_percent,
});

/** A program of Node has eleven threads, one of Go some more. */
const tasksPerProcess = 16;
/** What a program may hold that is not private: files that the kernel keeps for it. */
const cached_mb = 64;

/** What the kernel is asked to hold the family of an extension to: a backstop behind the guard's own watch. */
export const familyLimits = (
  budget: ExtensionBudget,
): { readonly memory_bytes: number; readonly tasks: number } => ({
  memory_bytes: Math.ceil(budget.memory_mb * headroom + cached_mb) * 2 ** 20,
  tasks: budget.processes * tasksPerProcess,
});

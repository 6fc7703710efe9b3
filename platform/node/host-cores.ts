import { availableParallelism } from 'node:os';

/** Cores that this process may use, 1 or more: what osquery's percentages count as 100. */
export const hostCores = (): number => availableParallelism();

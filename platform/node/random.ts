import { randomUUID } from 'node:crypto';
import type { Random } from '../random.ts';

/** Randomness of this machine. */
export const nodeRandom: Random = { fraction: () => Math.random(), id: () => randomUUID() };

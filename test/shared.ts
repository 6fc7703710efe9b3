import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/**
 * Path of a file of the shared reference data (`$LEASH_SHARED`, else a folder `shared` beside the checkout or one
 * level up); undefined where it is absent: the test then skips and says so.
 */
export const sharedPath = (name: string): string | undefined =>
  [process.env.LEASH_SHARED, join(root, '../shared'), join(root, '../../shared')]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, name))
    .find(existsSync);

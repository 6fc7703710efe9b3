import { fileURLToPath } from 'node:url';

/**
 * Path of a file of this package, named from its root. This module's folder (cli/, or dist/ in a bundle) lies one
 * below the root.
 */
export const packageFile = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

import { existsSync } from 'node:fs';

/** Whether anything stands at a path that this process may look at. */
export const pathExists = (path: string): boolean => existsSync(path);

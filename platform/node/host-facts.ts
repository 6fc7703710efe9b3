import { accessSync, constants } from 'node:fs';
import type { HostFacts } from '../host-facts.ts';
import { readTextFile } from './text-file.ts';
import { readTrail } from './walk-path.ts';

/** The facts of this host. */
export const nodeHostFacts: HostFacts = {
  readText: readTextFile,
  trail: readTrail,
  mayWrite: (path) => {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
};

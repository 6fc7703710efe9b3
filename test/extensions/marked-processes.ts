/** Processes of extensions, by what the environment of all of them says. */
import { readdirSync, readFileSync } from 'node:fs';
import { processState } from '../system/daemon-harness.ts';

/** Dead; its parent may not have asked for its exit yet. */
export const isGone = (pid: number): boolean => [undefined, 'Z'].includes(processState(pid));

/** Living processes in whose environment this `NAME=value` stands, of this program if one is named. */
export const livingMarked = (mark: string, program?: string): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && !isGone(pid))
    .filter((pid) => {
      const isNamed = program === undefined || textOf(`/proc/${pid}/comm`).trim() === program;
      return isNamed && textOf(`/proc/${pid}/environ`).split('\0').includes(mark);
    });

/** Empty for a process that is gone. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

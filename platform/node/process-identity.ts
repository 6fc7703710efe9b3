import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../../protocol/sample.ts';
import { parseProcStat } from './proc-stat.ts';

/** Pid and start time; undefined when there is no such process. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  try {
    const bytes = readFileSync(`/proc/${pid}/stat`);
    const stat = parseProcStat(bytes, bytes.length);
    return stat === undefined ? undefined : { pid, startTicks: stat.startTicks };
  } catch {
    return undefined;
  }
};

import { readFileSync } from 'node:fs';
import { kernelUnits } from '../platform/node/auxv.ts';

const { ticksPerSecond } = kernelUnits();

/** User plus system time of a process so far (proc_pid_stat(5)), read as anybody would. */
export const cpuTime_ms = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
};

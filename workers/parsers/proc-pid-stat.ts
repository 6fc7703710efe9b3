/** What a process row takes from /proc/<pid>/stat (proc_pid_stat(5)). Times in clock ticks. */
export interface ProcPidStat {
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly pgroup: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly nice: number;
  readonly threads: number;
  readonly startTicks: number;
  readonly virtual_bytes: number;
  readonly residentPages: number;
}

/** The name stands in parentheses and may itself hold any character: it ends at the last `)`. */
export const parseProcPidStat = (text: string): ProcPidStat | undefined => {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2).split(' ');
  if (fields.length < 22) return undefined;
  const number = (index: number): number => Number(fields[index]);
  return {
    name: text.slice(open + 1, close),
    state: fields[0] ?? '',
    parent: number(1),
    pgroup: number(2),
    userTicks: number(11),
    systemTicks: number(12),
    nice: number(16),
    threads: number(17),
    startTicks: number(19),
    virtual_bytes: number(20),
    residentPages: number(21),
  };
};

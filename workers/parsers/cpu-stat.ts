/** Time that one core spent in each state, in clock ticks (proc_stat(5)). */
export interface CoreTimes {
  readonly core: number;
  /** user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice; old kernels give fewer. */
  readonly ticks: readonly bigint[];
}

/** Reads the `cpu<N>` lines of /proc/stat. The sum line `cpu` is left out, and so is a core that is offline. */
export const parseCpuStat = (content: string): CoreTimes[] => {
  const cores: CoreTimes[] = [];
  for (const line of content.split('\n')) {
    const [, core, ticks] = /^cpu(\d+)((?:\s+\d+)+)\s*$/.exec(line) ?? [];
    if (ticks === undefined) continue;
    cores.push({ core: Number(core), ticks: ticks.trim().split(/\s+/).map(BigInt) });
  }
  return cores;
};

/** How a worker died, as far as it can be seen from outside. */
export interface Death {
  readonly signal: string | null;
  readonly code: number | null;
  readonly stderrTail: string;
  /** Rise of `oom_kill` in the worker's own cgroup during the lease; 0 without one. */
  readonly cgroupOomKills: number;
}

/**
 * A death that no verdict caused. V8 aborts with its fatal line when the heap is full, and the kernel counts the
 * kills of a cgroup: both are the query's memory. Anything else (a crash, an operator's kill, a reboot) is not
 * held against the query.
 */
export const judgeDeath = (death: Death): 'js_heap_exhausted' | 'cgroup_oom' | 'crash' => {
  if (death.cgroupOomKills > 0 && death.signal === 'SIGKILL') return 'cgroup_oom';
  const aborted = death.signal === 'SIGABRT' || death.signal === 'SIGTRAP' || death.code === 134;
  if (aborted && /FATAL ERROR:.*heap|JavaScript heap out of memory/.test(death.stderrTail))
    return 'js_heap_exhausted';
  return 'crash';
};

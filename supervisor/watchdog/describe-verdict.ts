import type { Verdict, VerdictKind, VerdictReason } from '../../protocol/verdict.ts';

const wholeNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const whole = (value: number): string => wholeNumber.format(value);

const units: Readonly<Record<VerdictReason, (value: number) => string>> = {
  cpu_ms: (value) => `${whole(value)} ms of CPU time`,
  cpu_percent: (value) => `${whole(value)} % of one core`,
  throttle_percent: (value) => `${whole(value)} % of one core`,
  memory_mb: (value) => `${whole(value)} MB of memory growth`,
  wall_ms: (value) => `${whole(value)} ms of running time`,
  rows: (value) => `${whole(value)} rows`,
  result_mb: (value) => `${whole(value)} MB of result`,
  read_mb: (value) => `${whole(value)} MB read from files`,
  paths: (value) => `${whole(value)} paths`,
  processes: (value) => `${whole(value)} processes`,
  descriptors: (value) => `${whole(value)} open descriptors`,
  js_heap_exhausted: (value) => `${whole(value)} MB of memory growth (the worker's heap was exhausted)`,
  cgroup_oom: (value) => `${whole(value)} MB of memory growth (the kernel ended the worker)`,
  unkillable: (value) => `${whole(value)} workers that outlive SIGKILL`,
};

/** What of an extension is measured otherwise than of a run. */
const familyUnits: Readonly<Partial<Record<VerdictReason, (value: number) => string>>> = {
  memory_mb: (value) => `${whole(value)} MB of memory`,
  wall_ms: (value) => `${whole(value)} ms of a query that waited for it`,
  cgroup_oom: (value) => `${whole(value)} MB of memory when it was last looked at (the kernel ended it)`,
};

const done: Readonly<Record<VerdictKind, string>> = {
  throttle: 'was throttled',
  fail: 'was stopped',
  kill: 'was killed',
  deny: 'is denied',
};

/** One sentence: what was done to which query or extension, on what measurement, against which limit. */
export const describeVerdict = (verdict: Verdict): string => {
  const { subject, queryId, kind, reason, limit, measured } = verdict;
  const [who, unit] =
    subject === 'query'
      ? [`'${queryId}'`, units[reason]]
      : [`Extension '${queryId}'`, familyUnits[reason] ?? units[reason]];
  const what = unit(measured);
  return `${who} ${done[kind]}: it used ${what}; its limit is ${whole(limit)} (${reason}).`;
};

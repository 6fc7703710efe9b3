import type { LimitName } from '../../protocol/budget.ts';
import type { EvidencePoint, RunEvidence } from '../../protocol/evidence.ts';
import type { Verdict, VerdictReason } from '../../protocol/verdict.ts';
import type { QueryFacts, ScheduleFacts } from '../../protocol/why.ts';
import type { Block } from './block.ts';
import { sqlHints } from './sql-hints.ts';
import { duration, shellWord, size } from './words.ts';

/** The limit that a reason is about; undefined where no limit would help. */
const limitOf: Readonly<Record<VerdictReason, LimitName | undefined>> = {
  cpu_ms: 'cpu_ms',
  cpu_percent: 'cpu_percent',
  throttle_percent: 'throttle_percent',
  memory_mb: 'memory_mb',
  wall_ms: 'wall_ms',
  rows: 'rows',
  result_mb: 'result_mb',
  read_mb: 'read_mb',
  paths: 'paths',
  processes: undefined,
  descriptors: undefined,
  js_heap_exhausted: undefined,
  cgroup_oom: 'memory_mb',
  unkillable: undefined,
};

/** What would make a judged query pass, as far as the measurements tell, and what to type. */
export const adviceOn = (verdict: Verdict, facts: QueryFacts): readonly Block[] => {
  const limit = limitOf[verdict.reason];
  const { schedule, evidence, denials } = facts;
  if (schedule !== null && isPast(verdict, schedule)) return [];
  const blocks: Block[] = [];
  if (verdict.subject === 'extension') blocks.push(extensionAdvice(verdict));
  else {
    const run = evidence?.subject === 'query' ? evidence : null;
    blocks.push({ kind: 'fact', about: 'What would make it pass', text: whatWouldDo(verdict, limit, run) });
    const hints = sqlHints(facts.sql, limit ?? 'memory_mb');
    if (hints.length > 0 && verdict.reason !== 'unkillable') blocks.push({ kind: 'list', items: hints });
  }
  const name = shellWord(facts.name);
  if (limit !== undefined && schedule !== null) {
    const slowed = limit === 'throttle_percent';
    const enough = rounded((slowed ? 1 : 2) * Math.max(verdict.measured, verdict.limit));
    blocks.push({
      kind: 'command',
      command: `leash limit ${name} --${limit} ${enough} --for 1h`,
      does: `gives it ${slowed ? '' : 'twice '}what was measured, for an hour`,
    });
  }
  if (denials.some(({ state }) => state === 'denied')) {
    blocks.push({ kind: 'command', command: `leash denylist clear ${name}`, does: 'lets it run at once' });
  }
  return blocks;
};

const extensionAdvice = ({ queryId, reason, sql }: Verdict): Block => {
  const limit = reason === 'cgroup_oom' ? 'memory_mb' : reason;
  const text =
    reason === 'wall_ms'
      ? `A query waited for a table of ${sql} until its time was over: the table has to answer sooner, or the query needs a longer wall_ms.`
      : `A larger ${limit} under "extensions": {"${queryId}": …} in the config, or a program that gives back what it takes: what was measured is that of ${sql} and all that it started.`;
  return { kind: 'fact', about: 'What would make it pass', text };
};

/** Whether a verdict says nothing about the query any more: it was changed, or has come to its end since. */
export const isPast = (verdict: Verdict, { sqlHash, lastGood }: ScheduleFacts): boolean =>
  verdict.sqlHash !== sqlHash || (lastGood !== null && lastGood.finished_unix_s * 1000 > verdict.at_unix_ms);

const whatWouldDo = (
  { reason, measured, limit: limitValue }: Verdict,
  limit: LimitName | undefined,
  evidence: RunEvidence | null,
): string => {
  if (reason === 'unkillable') {
    return 'No limit: its workers are blocked in the kernel and outlive SIGKILL, as on a file system that does not answer.';
  }
  if (limit === 'throttle_percent') {
    return `It comes to its end as it is, only later. To be as quick as it can it needs a throttle_percent of ${whole(measured)}, or none.`;
  }
  if (limit === undefined) {
    return 'Fewer or shorter values: the heap of a worker is bounded for all queries alike, and memory_mb does not widen it.';
  }
  const lower = `A limit (${limit}) of more than ${whole(Math.max(measured, limitValue))}. Nobody knows how much more: it was stopped there, so what was measured is only the least that it needs.`;
  const rate = evidence === null ? '' : atItsEnd(limit, evidence);
  return rate === '' ? lower : `${lower} ${rate}`;
};

/** How fast it went towards its limit when it was stopped. */
const atItsEnd = (limit: LimitName, { points, budget }: RunEvidence): string => {
  const last = points.at(-1);
  if (last === undefined || last.at_ms <= 0) return '';
  switch (limit) {
    case 'memory_mb': {
      const bytes_s = slope(points, ({ growth_bytes }) => growth_bytes);
      if (bytes_s <= 0) return '';
      const further_ms = ((budget.memory_mb * 2 ** 20) / bytes_s) * 1000;
      return `At its end it grew by ${size(bytes_s)} a second: twice the limit would have lasted ${duration(further_ms)} longer.`;
    }
    case 'cpu_ms': {
      const percent = Math.round(slope(points, ({ cpu_ms }) => cpu_ms) / 10);
      return percent <= 0 ? '' : `At its end it used ${percent} % of a core.`;
    }
    case 'wall_ms': {
      const share = last.cpu_ms / last.at_ms;
      return share < 0.5
        ? `In ${duration(last.at_ms)} it used ${duration(last.cpu_ms)} of CPU time: most of the time it waited, for a disk or for a CPU that others had.`
        : `It used ${duration(last.cpu_ms)} of CPU time in that time: it did not wait, it computed.`;
    }
    case 'cpu_percent':
    case 'throttle_percent':
    case 'rows':
    case 'result_mb':
    case 'read_mb':
    case 'paths':
      return '';
  }
};

/** Change a second over the last quarter of the run. */
const slope = (points: readonly EvidencePoint[], value: (point: EvidencePoint) => number): number => {
  const last = points.at(-1);
  const first = points.findLast(({ at_ms }) => at_ms <= (last?.at_ms ?? 0) * 0.75) ?? points[0];
  if (last === undefined || first === undefined || last.at_ms <= first.at_ms) return 0;
  return ((value(last) - value(first)) / (last.at_ms - first.at_ms)) * 1000;
};

/** The nearest number of two digits and zeros: what a person would type. */
const rounded = (value: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.max(1, Math.round(value / step)) * step;
};

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

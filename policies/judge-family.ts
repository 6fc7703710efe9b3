import type { ExtensionBudget } from '../protocol/extension/budget.ts';
import type { FamilySample } from '../protocol/family-sample.ts';
import { type Judgement, killIfOver, within } from './judgement.ts';

/** osquery's rules for extensions (`enable_extensions_watchdog`), in the units of a budget. */
export interface FamilyRule {
  /** Over what the family held at its first sample. */
  readonly growth_mb: number;
  /** Of one core. */
  readonly cpu_percent: number;
  readonly cpu_window_ms: number;
  /** Monotonic milliseconds before which it stops nobody. */
  readonly from_ms: number;
}

/** What is known about an extension when a sample of its family is judged. */
export interface FamilyObservation {
  readonly budget: ExtensionBudget;
  /** First sample of this life. */
  readonly baseline: FamilySample;
  /** Samples of the longest window and the one before, oldest first; the last one is judged. */
  readonly samples: readonly FamilySample[];
  /** Absent without `enable_extensions_watchdog`. */
  readonly rule?: FamilyRule | undefined;
}

const mebibyte = 2 ** 20;

/** Two samples further apart than this say nothing about a rate: the host was suspended, or the guard held up. */
const longestGap_ms = 10_000;

/**
 * One look at the family of an extension. What hurts the host soonest comes first: processes, then memory, then
 * descriptors, then CPU time. Memory is absolute: an extension has no baseline of its own but being small.
 */
export const judgeFamily = ({ budget, baseline, samples, rule }: FamilyObservation): Judgement => {
  const last = samples.at(-1);
  if (last === undefined) return within;
  const judgements = [
    killIfOver('processes', last.processes, budget.processes),
    killIfOver('memory_mb', last.private_bytes / mebibyte, budget.memory_mb),
    killIfOver('descriptors', last.descriptors, budget.descriptors),
    judgeShare(samples, last, budget),
    ...(rule === undefined || last.at_ms < rule.from_ms ? [] : byRule(samples, last, baseline, rule)),
  ];
  return judgements.find(({ kind }) => kind === 'kill') ?? within;
};

const byRule = (
  samples: readonly FamilySample[],
  last: FamilySample,
  baseline: FamilySample,
  rule: FamilyRule,
): readonly Judgement[] => [
  judgeShare(samples, last, rule),
  killIfOver('memory_mb', (last.private_bytes - baseline.private_bytes) / mebibyte, rule.growth_mb),
];

/** Share of one core over a sliding window that an unbroken stretch of samples fills. */
const judgeShare = (
  samples: readonly FamilySample[],
  last: FamilySample,
  { cpu_percent, cpu_window_ms }: Pick<ExtensionBudget, 'cpu_percent' | 'cpu_window_ms'>,
): Judgement => {
  const first = startOfWindow(samples, last.at_ms - cpu_window_ms);
  if (first === undefined) return within;
  const share_percent = ((last.cpu_ms - first.cpu_ms) / (last.at_ms - first.at_ms)) * 100;
  return killIfOver('cpu_percent', share_percent, cpu_percent);
};

/** The youngest sample at or before the window's start, if no gap lies between it and the last one. */
const startOfWindow = (samples: readonly FamilySample[], start_ms: number): FamilySample | undefined => {
  for (let index = samples.length - 1; index > 0; index -= 1) {
    const [former, later] = [samples[index - 1], samples[index]];
    if (former === undefined || later === undefined || later.at_ms - former.at_ms > longestGap_ms)
      return undefined;
    if (former.at_ms <= start_ms) return former;
  }
  return undefined;
};

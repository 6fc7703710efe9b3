import type { Sample } from '../protocol/sample.ts';
import type { RunObservation } from './judge-sample.ts';
import { type Judgement, killIfOver, within } from './judgement.ts';

/** Two samples further apart than this say nothing about a rate: the host was suspended, or the guard held up. */
export const longestGap_ms = 1_000;

/**
 * Share of one core over a sliding window. Only an unbroken stretch of samples that fills the window is judged;
 * a gap starts a new stretch. A stretch that began before `cpuPercentFrom_ms` counts when that is over.
 */
export const judgeCpuWindow = (run: RunObservation, last: Sample): Judgement => {
  const { cpu_percent, cpu_window_ms } = run.budget;
  if (cpu_percent === 0 || last.at_ms < (run.cpuPercentFrom_ms ?? 0)) return within;
  const first = startOfWindow(run.samples, last.at_ms - cpu_window_ms);
  if (first === undefined) return within;
  const elapsed_ms = last.at_ms - first.at_ms;
  return killIfOver('cpu_percent', ((last.cpu_ms - first.cpu_ms) / elapsed_ms) * 100, cpu_percent);
};

/** The youngest sample at or before the window's start, if no gap lies between it and the last one. */
const startOfWindow = (samples: readonly Sample[], start_ms: number): Sample | undefined => {
  for (let index = samples.length - 1; index >= 0; index -= 1) {
    const sample = samples[index];
    const later = samples[index + 1];
    if (sample === undefined) return undefined;
    if (later !== undefined && later.at_ms - sample.at_ms > longestGap_ms) return undefined;
    if (sample.at_ms <= start_ms) return later === undefined ? undefined : sample;
  }
  return undefined;
};

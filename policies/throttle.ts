import type { Sample } from '../protocol/sample.ts';

/** CPU time that a run may use at once, in milliseconds: three ticks of the clock that the kernel counts it with. */
const slice_ms = 30;
const soonest_ms = 5;
const latest_ms = 100;

/** What a throttled run may still use: a bucket that fills at its share of one core and empties as it runs. */
export interface ThrottleAccount {
  readonly at_ms: number;
  readonly cpu_ms: number;
  /** Below 0: it used more than it had, and waits until it has a whole slice again. */
  readonly credit_ms: number;
}

/** What of a sample counts here. */
type CpuTime = Pick<Sample, 'at_ms' | 'cpu_ms'>;

/** The account at the start of a run. */
export const openAccount = ({ at_ms, cpu_ms }: CpuTime): ThrottleAccount => ({
  at_ms,
  cpu_ms,
  credit_ms: slice_ms,
});

/** The account after a sample. Time that the run did not use is not saved up beyond one slice. */
export const settle = (account: ThrottleAccount, sample: CpuTime, share_percent: number): ThrottleAccount => {
  const earned_ms = ((sample.at_ms - account.at_ms) * share_percent) / 100;
  const used_ms = sample.cpu_ms - account.cpu_ms;
  return {
    at_ms: sample.at_ms,
    cpu_ms: sample.cpu_ms,
    credit_ms: Math.min(slice_ms, account.credit_ms + earned_ms - used_ms),
  };
};

/** `stop` for a time, or `run` and look again after one, in milliseconds. */
export type ThrottleStep =
  | { readonly kind: 'run'; readonly for_ms: number }
  | { readonly kind: 'stop'; readonly for_ms: number };

/**
 * What to do with the run now. A run with no credit stands still until a slice is earned, so the mean share is held
 * however late the guard looks: what was used beyond the credit is waited for.
 */
export const throttleStep = ({ credit_ms }: ThrottleAccount, share_percent: number): ThrottleStep => {
  const share = share_percent / 100;
  if (credit_ms <= 0) return { kind: 'stop', for_ms: (slice_ms - credit_ms) / share };
  const emptyAfter_ms = share >= 1 ? latest_ms : credit_ms / (1 - share);
  return { kind: 'run', for_ms: Math.min(latest_ms, Math.max(soonest_ms, emptyAfter_ms)) };
};

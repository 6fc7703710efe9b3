import type { SampleFailure, Sampler, SampleSource } from '../../platform/sampler.ts';
import { longestGap_ms } from '../../policies/cpu-window.ts';
import { judgeSample, sameProcess } from '../../policies/judge-sample.ts';
import { type Judgement, within } from '../../policies/judgement.ts';
import { growth_bytes } from '../../policies/memory.ts';
import { nextSample_ms } from '../../policies/next-sample.ts';
import { isLate, running_ms } from '../../policies/wall.ts';
import type { EvidencePoint } from '../../protocol/evidence.ts';
import type { Lease } from '../../protocol/lease.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { Sample } from '../../protocol/sample.ts';
import { SampleHistory } from './sample-history.ts';

/** What watching needs. */
export interface WatchDeps {
  readonly sampler: Sampler;
  /** osquery's `disable_watchdog`: runs are measured, and none is ended. */
  readonly watchdogDisabled?: boolean | undefined;
}

/** Near a limit a sample is taken every millisecond; this many of a CPU window are enough to judge it. */
const samplesPerWindow = 100;

const unlimited = Number.POSITIVE_INFINITY;

/** The observation of one run: gathers samples and asks the policies. Owned by the worker's actor. */
export class Watch {
  readonly #lease: Lease;
  readonly #source: SampleSource;
  readonly #baseline: Sample;
  readonly #baselineRead_bytes: number;
  readonly #samples: Sample[];
  readonly #disabled: boolean;
  /** Begun with the first look: most runs are over before that. */
  #history: SampleHistory | undefined;
  /** When the next look should come. */
  #planned_ms = Number.POSITIVE_INFINITY;
  #wasPutOff = false;
  #blocked_ms = 0;
  #blockedSince_ms: number | undefined;

  constructor(lease: Lease, source: SampleSource, baseline: Sample, disabled = false) {
    this.#lease = lease;
    this.#disabled = disabled;
    this.#source = source;
    this.#baseline = baseline;
    this.#baselineRead_bytes = source.readBytes() ?? 0;
    this.#samples = [baseline];
  }

  /**
   * Takes a sample and judges the run by it; time for which it was held back is not its own. A process that is gone is
   * `within`: its exit is judged instead.
   */
  look(now_ms: number, held_ms: number): Judgement {
    const sample = this.#take();
    if (sample === undefined) return within;
    const read = this.#remember(sample);
    if (this.#disabled) return within;
    const blocked_ms = this.#blockedUntil(now_ms) + held_ms;
    return judgeSample(
      {
        budget: this.#lease.budget,
        baseline: this.#baseline,
        samples: this.#samples,
        read_bytes: read,
        grantedAt_ms: this.#lease.grantedAt_ms,
        cpuPercentFrom_ms: this.#lease.cpuPercentFrom_ms,
        blocked_ms,
        late_ms: this.#late_ms(now_ms, blocked_ms),
      },
      now_ms,
    );
  }

  /** Takes a last sample for the history without judging it, as far as the process is still there. */
  glance(): void {
    const sample = this.#take();
    if (sample !== undefined) this.#remember(sample);
  }

  /** Undefined when the process is gone, whoever has its pid now: a stranger is neither judged nor shown. */
  #take(): Sample | undefined {
    const sample = this.#source.read();
    if (!sample.ok || !sameProcess(sample.value, this.#baseline)) return undefined;
    this.#keep(sample.value);
    return sample.value;
  }

  /** The run so far, oldest first, thinned: what is stored with a verdict. */
  points(): readonly EvidencePoint[] {
    return this.#history?.points() ?? [];
  }

  /** Puts a sample into the history; gives what was read under this lease, if the kernel tells. */
  #remember(sample: Sample): number | undefined {
    const { grantedAt_ms } = this.#lease;
    if (this.#history === undefined) {
      this.#history = new SampleHistory();
      this.#history.add(this.#baseline.at_ms - grantedAt_ms, 0, 0, 0);
    }
    const total_bytes = this.#source.readBytes();
    const read_bytes = total_bytes === undefined ? undefined : total_bytes - this.#baselineRead_bytes;
    const used_ms = sample.cpu_ms - this.#baseline.cpu_ms;
    const grown_bytes = growth_bytes(this.#baseline, sample);
    this.#history.add(sample.at_ms - grantedAt_ms, used_ms, grown_bytes, read_bytes ?? Number.NaN);
    return read_bytes;
  }

  /** Only one look past the deadline may be put off for its lateness. */
  #late_ms(now_ms: number, blocked_ms: number): number {
    const late_ms = this.#wasPutOff ? 0 : Math.max(0, now_ms - this.#planned_ms);
    const { budget, grantedAt_ms } = this.#lease;
    this.#wasPutOff = isLate(late_ms) && running_ms({ grantedAt_ms, blocked_ms }, now_ms) > budget.wall_ms;
    return late_ms;
  }

  /** Keeps what the CPU window needs: a sample at or before its start, and no two closer than they must be. */
  #keep(sample: Sample): void {
    const { cpu_window_ms } = this.#lease.budget;
    const former = this.#samples.at(-2);
    // Kept further apart, the samples of a long window would look like a gap.
    const apart_ms = Math.min(cpu_window_ms / samplesPerWindow, longestGap_ms / 2);
    if (former !== undefined && sample.at_ms - former.at_ms < apart_ms) this.#samples.pop();
    this.#samples.push(sample);
    const start_ms = sample.at_ms - cpu_window_ms;
    while ((this.#samples[1]?.at_ms ?? sample.at_ms) <= start_ms) this.#samples.shift();
  }

  /** Milliseconds until the next look, which is planned for then. */
  next_ms(now_ms: number, held_ms: number): number {
    // Nobody is stopped, so no limit needs a closer look.
    if (this.#disabled) return nextSample_ms(unlimited, unlimited, unlimited);
    const { budget, grantedAt_ms } = this.#lease;
    const headroom_bytes = budget.memory_mb * 2 ** 20 - this.growth_bytes();
    const used_ms = running_ms({ grantedAt_ms, blocked_ms: this.#blockedUntil(now_ms) + held_ms }, now_ms);
    const window_ms = budget.cpu_percent === 0 ? unlimited : budget.cpu_window_ms;
    const wait_ms = nextSample_ms(headroom_bytes, Math.max(1, budget.wall_ms - used_ms), window_ms);
    this.#planned_ms = now_ms + wait_ms;
    return wait_ms;
  }

  /** The supervisor stopped reading: from here on the worker waits for us. */
  blocked(now_ms: number): void {
    this.#blockedSince_ms ??= now_ms;
  }

  unblocked(now_ms: number): void {
    this.#blocked_ms = this.#blockedUntil(now_ms);
    this.#blockedSince_ms = undefined;
  }

  lastSample(): Sample {
    return this.#samples.at(-1) ?? this.#baseline;
  }

  growth_bytes(): number {
    return growth_bytes(this.#baseline, this.lastSample());
  }

  close(): void {
    this.#source.close();
  }

  #blockedUntil(now_ms: number): number {
    return this.#blocked_ms + (this.#blockedSince_ms === undefined ? 0 : now_ms - this.#blockedSince_ms);
  }
}

/** Begins to watch a run; the worker as it is now is the baseline. */
export const openWatch = (lease: Lease, deps: WatchDeps): Result<Watch, SampleFailure> => {
  const source = deps.sampler.open(lease.worker);
  if (!source.ok) return source;
  const baseline = source.value.read();
  if (baseline.ok) return ok(new Watch(lease, source.value, baseline.value, deps.watchdogDisabled));
  source.value.close();
  return fail(baseline.error);
};

import { type FamilyRule, judgeFamily } from '../../../policies/judge-family.ts';
import type { Judgement } from '../../../policies/judgement.ts';
import { nextFamilySample_ms } from '../../../policies/next-family-sample.ts';
import type { EvidencePoint } from '../../../protocol/evidence.ts';
import type { ExtensionLife } from '../../../protocol/extension/life.ts';
import type { FamilySample } from '../../../protocol/family-sample.ts';
import { SampleHistory } from '../../watchdog/sample-history.ts';

/** This many samples of a CPU window are enough to judge it. */
const samplesPerWindow = 100;

/** The observation of one life: keeps samples and asks the policies. Owned by the extension's actor. */
export class FamilyWatch {
  readonly #life: ExtensionLife;
  readonly #rule: FamilyRule | undefined;
  readonly #history = new SampleHistory();
  readonly #window_ms: number;
  #baseline: FamilySample | undefined;
  #samples: FamilySample[] = [];

  constructor(life: ExtensionLife, rule: FamilyRule | undefined) {
    this.#life = life;
    this.#rule = rule;
    this.#window_ms = Math.max(life.budget.cpu_window_ms, rule?.cpu_window_ms ?? 0);
  }

  /** Takes a sample in and judges the life by it. */
  take(sample: FamilySample): Judgement {
    this.#baseline ??= sample;
    this.#history.add(
      sample.at_ms - this.#life.startedAt_ms,
      sample.cpu_ms,
      sample.private_bytes,
      Number.NaN,
      sample.processes,
      sample.descriptors,
    );
    this.#keep(sample);
    const { budget } = this.#life;
    return judgeFamily({ budget, baseline: this.#baseline, samples: this.#samples, rule: this.#rule });
  }

  /** Milliseconds until the next look. */
  get next_ms(): number {
    return nextFamilySample_ms(this.#samples.at(-2), this.last, this.#life.budget);
  }

  get last(): FamilySample | undefined {
    return this.#samples.at(-1);
  }

  /** The life so far, oldest first, thinned: what is stored with a verdict. */
  points(): readonly EvidencePoint[] {
    return this.#history.points();
  }

  /** What a window needs: a sample at or before its start, and no two much closer than they must be. */
  #keep(sample: FamilySample): void {
    const former = this.#samples.at(-2);
    const apart_ms = this.#window_ms / samplesPerWindow;
    if (former !== undefined && sample.at_ms - former.at_ms < apart_ms) this.#samples.pop();
    this.#samples.push(sample);
    const start_ms = sample.at_ms - this.#window_ms;
    while ((this.#samples[1]?.at_ms ?? sample.at_ms) <= start_ms) this.#samples.shift();
  }
}

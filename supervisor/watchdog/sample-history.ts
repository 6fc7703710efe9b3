import type { EvidencePoint } from '../../protocol/evidence.ts';

/** The last of a run are kept as they were taken: that is where a limit is reached. */
export const recentPoints = 40;
/** What came before is thinned to so many at most, evenly over time. */
export const olderPoints = 80;

const fields = 6;
/** No two samples are closer than this on purpose; so nothing is thinned before it must be. */
const firstSpacing_ms = 1;

/** Points in one block of numbers, so that keeping one makes no garbage. */
const blockOf = (points: number): Float64Array => new Float64Array(points * fields);

const empty = blockOf(0);

/**
 * The whole of a run in at most `olderPoints + recentPoints` points, however long it lasts: its first sample, its
 * last ones at full resolution, and between them samples that are at least a spacing apart. The spacing doubles
 * whenever there is no more room.
 */
export class SampleHistory {
  /** Made when something is put into it: most runs are over before. */
  #older = empty;
  #olderCount = 0;
  #spacing_ms = firstSpacing_ms;
  /** A ring; `#added` counts what was ever put into it. */
  readonly #recent = blockOf(recentPoints);
  #added = 0;

  /** Adds a sample; `at_ms` never falls. One of the same moment replaces the former. NaN: that is not known. */
  add(
    at_ms: number,
    cpu_ms: number,
    growth_bytes: number,
    read_bytes: number,
    processes: number = Number.NaN,
    descriptors: number = Number.NaN,
  ): void {
    const former = ((this.#added + recentPoints - 1) % recentPoints) * fields;
    const replaces = this.#added > 0 && this.#recent[former] === at_ms;
    const slot = replaces ? former : (this.#added % recentPoints) * fields;
    if (!replaces) {
      if (this.#added >= recentPoints) this.#age(slot);
      this.#added += 1;
    }
    this.#recent[slot] = at_ms;
    this.#recent[slot + 1] = cpu_ms;
    this.#recent[slot + 2] = growth_bytes;
    this.#recent[slot + 3] = read_bytes;
    this.#recent[slot + 4] = processes;
    this.#recent[slot + 5] = descriptors;
  }

  /** Oldest first. */
  points(): readonly EvidencePoint[] {
    const points: EvidencePoint[] = [];
    for (let index = 0; index < this.#olderCount; index += 1) points.push(pointAt(this.#older, index));
    const first = Math.max(0, this.#added - recentPoints);
    for (let index = first; index < this.#added; index += 1) {
      points.push(pointAt(this.#recent, index % recentPoints));
    }
    return points;
  }

  /** The oldest of the recent ones becomes one of the older, if it is far enough from the last of those. */
  #age(slot: number): void {
    const at_ms = this.#recent[slot] ?? 0;
    if (!this.#isFar(at_ms, this.#olderCount)) return;
    while (this.#olderCount === olderPoints) this.#thin();
    if (!this.#isFar(at_ms, this.#olderCount)) return;
    if (this.#older === empty) this.#older = blockOf(olderPoints);
    this.#older.set(this.#recent.subarray(slot, slot + fields), this.#olderCount * fields);
    this.#olderCount += 1;
  }

  #thin(): void {
    this.#spacing_ms *= 2;
    let kept = 0;
    for (let index = 0; index < this.#olderCount; index += 1) {
      const from = index * fields;
      if (!this.#isFar(this.#older[from] ?? 0, kept)) continue;
      this.#older.copyWithin(kept * fields, from, from + fields);
      kept += 1;
    }
    this.#olderCount = kept;
  }

  /** Whether a moment is a spacing after the last of the first `count` older points. */
  #isFar(at_ms: number, count: number): boolean {
    const last_ms = count === 0 ? Number.NEGATIVE_INFINITY : (this.#older[(count - 1) * fields] ?? 0);
    return at_ms - last_ms >= this.#spacing_ms;
  }
}

const pointAt = (block: Float64Array, index: number): EvidencePoint => {
  const [at_ms = 0, cpu_ms = 0, growth_bytes = 0, read_bytes = 0, processes = 0, descriptors = 0] =
    block.subarray(index * fields, (index + 1) * fields);
  return {
    at_ms,
    cpu_ms,
    growth_bytes,
    read_bytes: Number.isNaN(read_bytes) ? null : read_bytes,
    ...(Number.isNaN(processes) ? {} : { processes, descriptors }),
  };
};

import { BudgetExceeded } from '../../../protocol/budget-exceeded.ts';
import type { HostFilesUsage } from '../../../protocol/host-files.ts';

/** How much of the host one run may touch. */
export interface FilesBudget {
  readonly read_bytes: number;
  readonly paths: number;
}

const mebibyte = 2 ** 20;
const tooLargeMost = 100;

/** Counts what a run takes from the host; shared by the doors of all roots of that run. */
export class UsageMeter {
  readonly #budget: FilesBudget;
  #paths = 0;
  #read_bytes = 0;
  #denied_reads = 0;
  #refused_reads = 0;
  readonly #tooLarge = new Set<string>();

  constructor(budget: FilesBudget) {
    this.#budget = budget;
  }

  /** Counts paths before they are touched. */
  addPaths(count: number): void {
    this.#paths += count;
    if (this.#paths > this.#budget.paths) throw new BudgetExceeded('paths', this.#budget.paths, this.#paths);
  }

  addBytes(count: number): void {
    this.#read_bytes += count;
    if (this.#read_bytes > this.#budget.read_bytes) {
      throw new BudgetExceeded('read_mb', this.#budget.read_bytes / mebibyte, this.#read_bytes / mebibyte);
    }
  }

  addDenied(): void {
    this.#denied_reads += 1;
  }

  addRefused(): void {
    this.#refused_reads += 1;
  }

  /** Notes a file that is larger than what is read whole. */
  addTooLarge(path: string): void {
    if (this.#tooLarge.size < tooLargeMost) this.#tooLarge.add(path);
  }

  usage(): HostFilesUsage {
    return {
      paths: this.#paths,
      read_bytes: this.#read_bytes,
      denied_reads: this.#denied_reads,
      refused_reads: this.#refused_reads,
      too_large: [...this.#tooLarge],
    };
  }
}

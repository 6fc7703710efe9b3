/** How far WASM memory may grow in this run. */
export class MemoryGrowth {
  #from_bytes = 0;
  #limit_bytes: number = Number.POSITIVE_INFINITY;
  /** The smallest size that was asked for in vain since the last growth: the allocator asks for less, then. */
  #refused_bytes: number | undefined;

  begin(from_bytes: number, budget_bytes: number): void {
    this.#from_bytes = from_bytes;
    this.#limit_bytes = from_bytes + budget_bytes;
    this.#refused_bytes = undefined;
  }

  allows(total_bytes: number): boolean {
    const allowed = total_bytes <= this.#limit_bytes;
    this.#refused_bytes = allowed ? undefined : Math.min(total_bytes, this.#refused_bytes ?? total_bytes);
    return allowed;
  }

  /** Growth of this run, with what it asked for last and did not get. */
  wanted_bytes(total_bytes: number): number {
    return (this.#refused_bytes ?? total_bytes) - this.#from_bytes;
  }
}

import {
  type Demand,
  type DemandLife,
  type LifeOutcome,
  naturalEnd_ms,
  type RuleOutcome,
  usageAt,
} from './demand.ts';
import {
  check,
  checkEvery_ms,
  firstWorker,
  nextWorker,
  type OsqueryLimits,
  osqueryNormal,
  type WatcherState,
} from './osquery-rule.ts';

/** A query that was neither stopped nor over by then got away. */
export const patience_ms = 180_000;
/** Memory of a worker that has run nothing. It cancels out: the rule measures growth. */
const fresh_bytes = 50 * 2 ** 20;

interface Running {
  readonly index: number;
  readonly demand: Demand;
  readonly began_ms: number;
}

/**
 * A life under osquery's rule: one worker runs all queries one after another, in the order in which they are due, and
 * the query that runs when the worker is stopped is denied; if none runs, none is.
 */
export const osqueryLife = (
  life: DemandLife,
  limits: OsqueryLimits = osqueryNormal(life.cores),
): LifeOutcome => new OsqueryLife(life, limits).live();

class OsqueryLife {
  readonly #life: DemandLife;
  readonly #limits: OsqueryLimits;
  readonly #ran = new Set<number>();
  readonly #stopped = new Map<number, number>();
  readonly #waiting: number[];
  #watcher: WatcherState;
  #running: Running | undefined;
  /** Of the worker without the query that runs. */
  #cpu_ms = 0;
  #kept_bytes = fresh_bytes;
  /** Guilty queries since the last check that was within the limits, and those that left memory in this worker. */
  #suspects = new Set<number>();
  #leavers = new Set<number>();
  #lastEnd_ms = 0;
  #stops = 0;
  #wrongBlames = 0;

  constructor(life: DemandLife, limits: OsqueryLimits) {
    this.#life = life;
    this.#limits = limits;
    this.#waiting = [...life.starts.keys()];
    const started = firstWorker(-life.upSince_ms);
    // Was there a check while the worker had run nothing? Else the first one measures whatever runs by then.
    const idle = { cpu_ms: 0, rss_bytes: fresh_bytes };
    this.#watcher =
      life.upSince_ms < checkEvery_ms ? started : check(limits, started, idle, -life.upSince_ms).state;
  }

  live(): LifeOutcome {
    for (let now_ms = checkEvery_ms; this.#isOpen(now_ms); now_ms += checkEvery_ms) {
      this.#work(now_ms);
      this.#look(now_ms);
    }
    const outcomes = this.#life.starts.map(
      ({ demand }, index): RuleOutcome => ({
        demand,
        ran: this.#ran.has(index),
        stopped: this.#stopped.has(index),
        after_ms: this.#stopped.get(index),
      }),
    );
    return { outcomes, stops: this.#stops, wrongBlames: this.#wrongBlames };
  }

  #isOpen(now_ms: number): boolean {
    if (this.#running !== undefined) return now_ms - this.#running.began_ms <= patience_ms;
    return this.#waiting.length > 0 || now_ms <= this.#lastEnd_ms + 2 * checkEvery_ms;
  }

  /** Queries that ran up to a moment: each starts when it is due and the one before it is over. */
  #work(until_ms: number): void {
    for (;;) {
      if (this.#running === undefined && !this.#begin(until_ms)) return;
      const running = this.#running;
      if (running === undefined) return;
      const end_ms = running.began_ms + naturalEnd_ms(running.demand);
      if (end_ms > until_ms) return;
      this.#finish(running, end_ms);
    }
  }

  #begin(until_ms: number): boolean {
    const index = this.#waiting[0];
    const start = index === undefined ? undefined : this.#life.starts[index];
    if (index === undefined || start === undefined) return false;
    const began_ms = Math.max(start.at_ms, this.#lastEnd_ms);
    if (began_ms >= until_ms) return false;
    this.#waiting.shift();
    this.#ran.add(index);
    this.#running = { index, demand: start.demand, began_ms };
    if (start.demand.guilty) this.#suspects.add(index);
    return true;
  }

  #finish({ index, demand }: Running, end_ms: number): void {
    if (demand.guilty && demand.kept_bytes > 0) this.#leavers.add(index);
    const { cpu_ms } = usageAt(demand, naturalEnd_ms(demand));
    this.#cpu_ms += cpu_ms;
    this.#kept_bytes += demand.kept_bytes;
    this.#running = undefined;
    this.#lastEnd_ms = end_ms;
  }

  #look(now_ms: number): void {
    const running = this.#running;
    const used =
      running === undefined
        ? { cpu_ms: 0, growth_bytes: 0 }
        : usageAt(running.demand, now_ms - running.began_ms);
    const reading = {
      cpu_ms: this.#cpu_ms + used.cpu_ms,
      rss_bytes: this.#kept_bytes + used.growth_bytes,
    };
    const { state, stop } = check(this.#limits, this.#watcher, reading, now_ms);
    this.#watcher = state;
    if (stop !== undefined) this.#stop(stop, now_ms);
    else if (state.over === 0) {
      this.#suspects = new Set(running?.demand.guilty === true ? [running.index] : []);
    }
  }

  /** The worker goes when its query ends or SIGKILL comes, whichever is sooner; the query is denied either way. */
  #stop(reason: 'cpu' | 'memory', now_ms: number): void {
    const running = this.#running;
    const guiltyCause = this.#suspects.size > 0 || (reason === 'memory' && this.#leavers.size > 0);
    if (guiltyCause) {
      this.#stops += 1;
      if (running === undefined || !running.demand.guilty) this.#wrongBlames += 1;
    }
    if (running !== undefined) this.#stopped.set(running.index, now_ms - running.began_ms);
    const killed_ms = now_ms + this.#limits.forcedShutdown_s * 1000;
    const ends_ms = running === undefined ? now_ms : running.began_ms + naturalEnd_ms(running.demand);
    this.#lastEnd_ms = Math.min(killed_ms, ends_ms);
    this.#running = undefined;
    this.#cpu_ms = 0;
    this.#kept_bytes = fresh_bytes;
    this.#suspects = new Set();
    this.#leavers = new Set();
    this.#watcher = nextWorker(this.#watcher, this.#lastEnd_ms);
  }
}

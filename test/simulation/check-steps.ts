import type { Verdict } from '../../protocol/verdict.ts';
import type { Scenario, Statement } from './scenario.ts';
import type { Step } from './simulated-supervisor.ts';

/** A promise that was broken: which, when, and by what. */
export interface Breach {
  readonly promise: string;
  readonly at_ms: number;
  readonly what: string;
}

/** Longer than any budget lets a run last: 30 s of time, and what a slow host adds. */
const longestRun_ms = 40_000;

const rightReason: Readonly<Record<NonNullable<Statement['guilt']>, Verdict['reason']>> = {
  cpu: 'cpu_ms',
  memory: 'memory_mb',
  wall: 'wall_ms',
  heap: 'js_heap_exhausted',
};

interface Denied {
  readonly until_unix_ms: number;
  /** Lease of the verdict that it follows from. */
  readonly leaseId: string | undefined;
}

interface Lease {
  readonly sql: string;
  readonly pid: number;
  readonly began_ms: number;
}

/** Reads a life from its beginning to its end and says which promises it broke. */
export class StepChecker {
  readonly #scenario: Scenario;
  readonly #breaches: Breach[] = [];
  readonly #stored = new Set<string>();
  readonly #leases = new Map<string, Lease>();
  /** Leases under which a supervisor died. */
  readonly #cutShort = new Set<string>();
  /** Leases of processes that run a statement now. */
  readonly #running = new Map<number, string>();
  readonly #alive = new Set<number>();
  readonly #judged = new Set<string>();
  readonly #journalled = new Set<string>();
  readonly #refused = new Set<string>();
  /** Lease of the latest verdict of a query in this supervisor's life. */
  readonly #lastVerdict = new Map<string, string>();
  readonly #denials = new Map<string, Denied>();
  /** Processes that a dead supervisor left, until they are signalled or gone. */
  #leftovers = new Set<number>();
  #lifeBegan_ms = 0;
  #stopping = false;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  check(steps: readonly Step[]): readonly Breach[] {
    for (const step of steps) this.#take(step);
    const end = steps.at(-1);
    if (end !== undefined) this.#end(end);
    return this.#breaches;
  }

  /** After the last supervisor stopped. */
  #end(end: Step): void {
    for (const pid of this.#alive) this.#breach('no process outlives its supervisor', end, String(pid));
    for (const [leaseId, lease] of this.#leases) {
      const guilt = this.#statement(lease.sql)?.guilt;
      const hadTime = !this.#cutShort.has(leaseId) && end.at_ms - lease.began_ms > longestRun_ms;
      if (guilt !== undefined && hadTime && !this.#judged.has(leaseId))
        this.#breach('no guilty query gets away', end, `${lease.sql}, which began at ${lease.began_ms} ms`);
    }
  }

  #take(step: Step): void {
    switch (step.type) {
      case 'supervisor_began':
        this.#lifeBegan_ms = step.at_ms;
        return;
      case 'supervisor_killed':
        this.#leftovers = new Set(this.#alive);
        for (const leaseId of this.#running.values()) this.#cutShort.add(leaseId);
        this.#forgetUnjournalled();
        return;
      case 'supervisor_stops':
        this.#stopping = true;
        return;
      case 'spawned':
        this.#alive.add(step.pid);
        return this.#leftoversAreGone(step);
      case 'exited':
        this.#alive.delete(step.pid);
        this.#running.delete(step.pid);
        this.#leftovers.delete(step.pid);
        return;
      case 'store':
        return this.#store(step);
      case 'query':
        return this.#query(step);
      case 'signalled':
        return this.#signalled(step);
      case 'said':
        return this.#said(step);
    }
  }

  /** What only memory knew is lost with it, and may be: the store had failed, and the log said so. */
  #forgetUnjournalled(): void {
    for (const [name, { leaseId }] of this.#denials) {
      if (leaseId !== undefined && !this.#journalled.has(leaseId)) this.#denials.delete(name);
    }
    this.#lastVerdict.clear();
  }

  #store({ call, subject, ok }: Extract<Step, { type: 'store' }>): void {
    if (call === 'putLease' && ok) this.#stored.add(subject);
    if (call === 'putVerdict') (ok ? this.#journalled : this.#refused).add(subject);
  }

  #query(step: Extract<Step, { type: 'query' }>): void {
    this.#leftoversAreGone(step);
    if (!this.#stored.has(step.leaseId))
      this.#breach('a lease is stored before its query is sent', step, step.sql);
    const until = this.#denials.get(step.sql)?.until_unix_ms ?? 0;
    if (step.unix_ms < until && !this.#clockJumps()) this.#breach('no denied query starts', step, step.sql);
    this.#leases.set(step.leaseId, { sql: step.sql, pid: step.pid, began_ms: step.at_ms });
    this.#running.set(step.pid, step.leaseId);
  }

  #signalled(step: Extract<Step, { type: 'signalled' }>): void {
    this.#leftovers.delete(step.pid);
    const leaseId = this.#running.get(step.pid);
    if (step.sql === undefined || leaseId === undefined || this.#stopping) return;
    this.#running.delete(step.pid);
    const lease = this.#leases.get(leaseId);
    // What an earlier supervisor left is ended without a verdict: it denies nothing.
    if (lease === undefined || lease.began_ms < this.#lifeBegan_ms) return;
    if (!this.#judged.has(leaseId)) this.#breach('no kill without a verdict', step, step.sql);
    else if (!this.#journalled.has(leaseId) && !this.#refused.has(leaseId))
      this.#breach('a verdict reaches the store, or fails there, before the signal', step, step.sql);
  }

  #said(step: Extract<Step, { type: 'said' }>): void {
    const { event } = step;
    if (event.type === 'denied') {
      const { queryId, until_unix_ms } = event.denial;
      this.#denials.set(queryId, { until_unix_ms, leaseId: this.#lastVerdict.get(queryId) });
    }
    if (event.type === 'log' && /denial is lifted/.test(event.message)) {
      const [, name = ''] = /'(.*?)'/.exec(event.message) ?? [];
      this.#denials.delete(name);
    }
    if (event.type === 'verdict') this.#verdict(event.verdict, step);
  }

  #verdict(verdict: Verdict, step: Step): void {
    this.#judged.add(verdict.leaseId);
    this.#lastVerdict.set(verdict.queryId, verdict.leaseId);
    const lease = this.#leases.get(verdict.leaseId);
    if (lease?.sql !== verdict.queryId || lease.pid !== verdict.worker.pid)
      this.#breach('the blamed query is the one that ran', step, `${verdict.queryId}, ran ${lease?.sql}`);
    const guilt = this.#statement(verdict.queryId)?.guilt;
    if (guilt === undefined)
      this.#breach('no innocent query is judged', step, `${verdict.queryId}: ${verdict.reason}`);
    else if (rightReason[guilt] !== verdict.reason)
      this.#breach(
        'a query is judged for what it did',
        step,
        `${verdict.queryId}: ${verdict.reason}, did ${guilt}`,
      );
    if (verdict.journalled !== this.#journalled.has(verdict.leaseId))
      this.#breach('a verdict is marked unjournalled if and only if the store failed', step, verdict.queryId);
  }

  #leftoversAreGone(step: Step): void {
    if (this.#leftovers.size > 0)
      this.#breach(
        'what an earlier supervisor left is ended before anything else',
        step,
        [...this.#leftovers].join(),
      );
    this.#leftovers.clear();
  }

  #clockJumps(): boolean {
    return this.#scenario.faults.some(({ kind }) => kind === 'clock_jump');
  }

  #statement(name: string): Statement | undefined {
    return this.#scenario.statements.find((statement) => statement.name === name);
  }

  #breach(promise: string, { at_ms }: Step, what: string): void {
    this.#breaches.push({ promise, at_ms, what });
  }
}

import type { Clock } from '../../platform/clock.ts';
import type { GuardStore } from '../../platform/guard-store.ts';
import type { WorkerExit } from '../../platform/process-host.ts';
import type { Random } from '../../platform/random.ts';
import { judgeDeath } from '../../policies/death.ts';
import { hangMemory_ms, isStrike, strikeGround } from '../../policies/strike.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { recordKey } from '../../protocol/denial.ts';
import type { Evidence, EvidencePoint } from '../../protocol/evidence.ts';
import { type ExtensionLife, extensionScope } from '../../protocol/extension/life.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { Verdict, VerdictKind, VerdictReason } from '../../protocol/verdict.ts';
import type { Denylist } from '../denylist/denylist.ts';
import type { PressureGauge } from './pressure-gauge.ts';

/** What the judge needs. */
export interface JudgeDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: GuardStore;
  readonly denylist: Denylist;
  readonly gauge: PressureGauge;
  readonly emit: (event: DaemonEvent) => void;
}

/** What was measured against what. */
export interface Finding {
  readonly reason: VerdictReason;
  readonly limit: number;
  readonly measured: number;
}

/** What a run's watch knows when its worker is gone, or held back. */
export interface Watched {
  growth_bytes(): number;
  points(): readonly EvidencePoint[];
}

/** Who is judged, as a verdict names it. */
type Accused = Pick<Verdict, 'subject' | 'leaseId' | 'queryId' | 'scope' | 'sql' | 'sqlHash' | 'worker'> & {
  readonly mayBeDenied: boolean;
};

/** On what ground, and how busy the host was. */
type Ground = Pick<Evidence, 'ground' | 'cpuSome_percent' | 'ioSome_percent'>;

/** What every evidence has. */
type KnownAtOnce = Pick<Evidence, 'verdictId' | 'leaseId' | 'queryId' | 'mayBeDenied'> & Ground;

/** A verdict on its way into the store. */
interface Judged {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** Verdicts that a failing store has not taken yet; more than this and the oldest is only in the log. */
const maxUnjournalled = 1_000;
/** Verdicts that `leash_verdicts` shows. */
const shownVerdicts = 1_000;

/**
 * Turns a finding into a verdict: decides the strike, stores verdict and denial in one transaction, and says so.
 * The caller acts after that. A store that fails does not hold up a kill: the verdict waits in memory.
 */
export class Judge {
  readonly #deps: JudgeDeps;
  readonly #wallStops = new Map<string, { readonly count: number; readonly at_ms: number }>();
  /** Records whose last run was throttled, with the lease of that run. */
  readonly #throttled = new Map<string, string>();
  #unjournalled: Judged[] = [];

  constructor(deps: JudgeDeps) {
    this.#deps = deps;
  }

  /**
   * Judges a run that a limit slowed (`throttle`), stopped (`fail`) or is about to stop (`kill`). `points` are the run
   * as it was measured; what is denied without a run has none.
   */
  stop(lease: Lease, kind: VerdictKind, finding: Finding, points: readonly EvidencePoint[] = []): Verdict {
    const { leaseId, queryId, scope, sql, sqlHash, worker, mayBeDenied } = lease;
    const accused = { subject: 'query', leaseId, queryId, scope, sql, sqlHash, worker, mayBeDenied } as const;
    const { lane, budget, grantedAt_unix_ms } = lease;
    return this.#judge(accused, kind, finding, (shared) => {
      return { ...shared, subject: 'query', lane, budget, grantedAt_unix_ms, points };
    });
  }

  /** Judges an extension that is about to be killed for what its family used, or for what hung in it. */
  stopExtension(life: ExtensionLife, finding: Finding, points: readonly EvidencePoint[]): Verdict {
    const { budget, mayBeDenied, startedAt_unix_ms: grantedAt_unix_ms } = life;
    const accused = {
      subject: 'extension',
      leaseId: life.lifeId,
      queryId: life.name,
      scope: extensionScope(life.name),
      sql: life.path,
      sqlHash: life.pathHash,
      worker: life.leader,
      mayBeDenied,
    } as const;
    return this.#judge(accused, 'kill', finding, (shared) => {
      return { ...shared, subject: 'extension', budget, grantedAt_unix_ms, points };
    });
  }

  #judge(
    { mayBeDenied, ...accused }: Accused,
    kind: VerdictKind,
    finding: Finding,
    evidenceOf: (shared: KnownAtOnce) => Evidence,
  ): Verdict {
    const { clock, random, denylist, emit } = this.#deps;
    const verdictId = random.id();
    const { leaseId, queryId } = accused;
    const evidence = evidenceOf({
      verdictId,
      leaseId,
      queryId,
      mayBeDenied,
      ...this.#ground(accused, finding.reason),
    });
    const verdict: Verdict = {
      verdictId,
      ...accused,
      kind,
      reason: finding.reason,
      limit: finding.limit,
      measured: finding.measured,
      strike: isStrike(evidence.ground) && mayBeDenied,
      at_unix_ms: clock.unixMs(),
      journalled: true,
    };
    const denial = verdict.strike ? denylist.afterStrike(verdict) : undefined;
    const stored = this.#deps.store.putVerdict(verdict, denial, evidence);
    const final = stored.ok ? verdict : { ...verdict, journalled: false };
    if (!stored.ok) {
      this.#unjournalled = [...this.#unjournalled, { verdict: final, evidence }].slice(-maxUnjournalled);
      emit({
        type: 'log',
        severity: 'error',
        message: `A verdict waits for the store: ${stored.error.message}`,
      });
    } else if (this.#unjournalled.length > 0) {
      this.flush();
    }
    emit({ type: 'verdict', verdict: final });
    if (denial !== undefined) denylist.take(denial);
    return final;
  }

  /**
   * A run goes on. How busy the host is may decide about its end, and a verdict cannot wait for a reading: it is taken
   * now, when the last one has grown old.
   */
  goesOn(): void {
    this.#deps.gauge.latest();
  }

  /** Judges the death of a leased worker that nobody here ended. Undefined: a crash, which denies nothing. */
  death(lease: Lease, exit: WorkerExit, watched: Watched): Verdict | undefined {
    const cause = judgeDeath(exit);
    if (cause === 'crash') return undefined;
    const measured = watched.growth_bytes() / 2 ** 20;
    const finding = { reason: cause, limit: lease.budget.memory_mb, measured };
    return this.stop(lease, 'kill', finding, watched.points());
  }

  /**
   * A run is being held back. One verdict tells of a row of such runs: a query that is throttled at every start
   * would fill the journal.
   */
  throttled(lease: Lease, measured: number, watched: Watched): void {
    const key = recordKey(lease);
    const before = this.#throttled.get(key);
    if (before === lease.leaseId) return;
    this.#throttled.set(key, lease.leaseId);
    if (before !== undefined) return;
    const limit = lease.budget.throttle_percent;
    this.stop(lease, 'throttle', { reason: 'throttle_percent', limit, measured }, watched.points());
  }

  /** A run that ended without a verdict breaks a row of wall_ms stops, one that was not held back that of throttled runs. */
  passed(lease: Lease): void {
    const key = recordKey(lease);
    this.#wallStops.delete(key);
    if (this.#throttled.get(key) !== lease.leaseId) this.#throttled.delete(key);
  }

  /** Newest first; those that the store does not have come before the others. */
  verdicts(): readonly Verdict[] {
    const stored = this.#deps.store.verdicts(shownVerdicts);
    const waiting = this.#unjournalled.map(({ verdict }) => verdict).reverse();
    return waiting.concat(stored.ok ? stored.value : []);
  }

  /** What led to a verdict; undefined when that is not kept any more. */
  evidence(verdictId: string): Evidence | undefined {
    const waiting = this.#unjournalled.find(({ verdict }) => verdict.verdictId === verdictId);
    if (waiting !== undefined) return waiting.evidence;
    const stored = this.#deps.store.evidence(verdictId);
    return stored.ok ? stored.value : undefined;
  }

  /** Tries again to store what an earlier failure left in memory. */
  flush(): void {
    const waiting = this.#unjournalled;
    this.#unjournalled = [];
    for (const judged of waiting) {
      const { verdict, evidence } = judged;
      const denial = this.#deps.denylist.record(verdict.scope, verdict.sqlHash);
      const stored = this.#deps.store.putVerdict(verdict, denial, evidence);
      if (!stored.ok) this.#unjournalled.push(judged);
    }
  }

  #ground(accused: Omit<Accused, 'mayBeDenied'>, reason: VerdictReason): Ground {
    const formerWallStops = reason === 'wall_ms' ? this.#countWallStop(accused) : 0;
    const { subject } = accused;
    const pressure = this.#deps.gauge.latest();
    const cpuSome_percent = pressure?.cpuSome_percent;
    const ioSome_percent = pressure?.ioSome_percent;
    return {
      ground: strikeGround({ reason, subject, cpuSome_percent, ioSome_percent, formerWallStops }),
      cpuSome_percent: cpuSome_percent ?? null,
      ioSome_percent: ioSome_percent ?? null,
    };
  }

  /** Counts one and gives how many there were before. No good run ends the row of an extension, so time does. */
  #countWallStop({ subject, scope, sqlHash }: Pick<Accused, 'subject' | 'scope' | 'sqlHash'>): number {
    const key = recordKey({ scope, sqlHash });
    const at_ms = this.#deps.clock.monotonicMs();
    const last = this.#wallStops.get(key);
    const isForgotten = subject === 'extension' && last !== undefined && at_ms - last.at_ms > hangMemory_ms;
    const count = isForgotten ? 0 : (last?.count ?? 0);
    this.#wallStops.set(key, { count: count + 1, at_ms });
    // One that was denied before hangs again, however long ago that was.
    const strikes = this.#deps.denylist.record(scope, sqlHash)?.strikes ?? 0;
    return subject === 'extension' && strikes > 0 ? Math.max(1, count) : count;
  }
}

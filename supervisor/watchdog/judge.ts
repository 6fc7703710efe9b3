import type { Clock } from '../../platform/clock.ts';
import type { GuardStore } from '../../platform/guard-store.ts';
import type { WorkerExit } from '../../platform/process-host.ts';
import type { Random } from '../../platform/random.ts';
import { judgeDeath } from '../../policies/death.ts';
import { isStrike } from '../../policies/strike.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { recordKey } from '../../protocol/denial.ts';
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
  readonly #wallStops = new Map<string, number>();
  /** Records whose last run was throttled, with the lease of that run. */
  readonly #throttled = new Map<string, string>();
  #unjournalled: Verdict[] = [];

  constructor(deps: JudgeDeps) {
    this.#deps = deps;
  }

  /** Judges a run that a limit slowed (`throttle`), stopped (`fail`) or is about to stop (`kill`). */
  stop(lease: Lease, kind: VerdictKind, finding: Finding): Verdict {
    const { clock, random, denylist, emit } = this.#deps;
    const verdict: Verdict = {
      verdictId: random.id(),
      leaseId: lease.leaseId,
      queryId: lease.queryId,
      scope: lease.scope,
      sqlHash: lease.sqlHash,
      sql: lease.sql,
      worker: lease.worker,
      kind,
      reason: finding.reason,
      limit: finding.limit,
      measured: finding.measured,
      strike: this.#isStrike(lease, finding.reason) && lease.mayBeDenied,
      at_unix_ms: clock.unixMs(),
      journalled: true,
    };
    const denial = verdict.strike ? denylist.afterStrike(verdict) : undefined;
    const stored = this.#deps.store.putVerdict(verdict, denial);
    const final = stored.ok ? verdict : { ...verdict, journalled: false };
    if (!stored.ok) {
      this.#unjournalled = [...this.#unjournalled, final].slice(-maxUnjournalled);
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

  /** Judges the death of a leased worker that nobody here ended. Undefined: a crash, which denies nothing. */
  death(lease: Lease, exit: WorkerExit, growth_bytes: number): Verdict | undefined {
    const cause = judgeDeath(exit);
    if (cause === 'crash') return undefined;
    const measured = growth_bytes / 2 ** 20;
    return this.stop(lease, 'kill', { reason: cause, limit: lease.budget.memory_mb, measured });
  }

  /**
   * A run is being held back. One verdict tells of a row of such runs: a query that is throttled at every start
   * would fill the journal.
   */
  throttled(lease: Lease, measured_percent: number): void {
    const key = recordKey(lease);
    const before = this.#throttled.get(key);
    if (before === lease.leaseId) return;
    this.#throttled.set(key, lease.leaseId);
    if (before !== undefined) return;
    const limit = lease.budget.throttle_percent;
    this.stop(lease, 'throttle', { reason: 'throttle_percent', limit, measured: measured_percent });
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
    return [...this.#unjournalled].reverse().concat(stored.ok ? stored.value : []);
  }

  /** Tries again to store what an earlier failure left in memory. */
  flush(): void {
    const waiting = this.#unjournalled;
    this.#unjournalled = [];
    for (const verdict of waiting) {
      const stored = this.#deps.store.putVerdict(
        verdict,
        this.#deps.denylist.record(verdict.scope, verdict.sqlHash),
      );
      if (!stored.ok) this.#unjournalled.push(verdict);
    }
  }

  #isStrike(lease: Lease, reason: VerdictReason): boolean {
    const key = recordKey(lease);
    const formerWallStops = this.#wallStops.get(key) ?? 0;
    if (reason === 'wall_ms') this.#wallStops.set(key, formerWallStops + 1);
    const pressure = this.#deps.gauge.latest();
    return isStrike({
      reason,
      cpuSome_percent: pressure?.cpuSome_percent,
      ioSome_percent: pressure?.ioSome_percent,
      formerWallStops,
    });
  }
}

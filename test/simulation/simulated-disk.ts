import type { GuardStore, StoreFailure } from '../../platform/guard-store.ts';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import type { LogFiles } from '../../platform/log-files.ts';
import type { Random } from '../../platform/random.ts';
import type { ResultsStore } from '../../platform/results-store.ts';
import { fail } from '../../protocol/result.ts';
import { SimulatedLogFiles } from './simulated-log-files.ts';
import { SimulatedResultsStore } from './simulated-results-store.ts';
import type { Stored } from './world.ts';

/** Where the ledger's logs are. */
export const logDirectory = '/var/log/leash';

/** How the disk behaves at the moment. */
export interface DiskConduct {
  /** Shares of calls that fail, 0 … 1. */
  readonly guardFails: number;
  readonly resultsFail: number;
}

/** A process that died can do nothing more: this ends its stack. Nobody who is alive ever sees it. */
class Dead extends Error {}

/** What a supervisor has in hand when it dies; from then on its calls do nothing. */
export interface Holder {
  readonly isDead: boolean;
  /** It dies here and now, in the middle of what it does. */
  die(): void;
}

/** What outlives a supervisor: `guard.db`, `results.db` and the logs. A loss of power takes what was not synced. */
export class SimulatedDisk {
  readonly results: SimulatedResultsStore = new SimulatedResultsStore();
  readonly logs: SimulatedLogFiles = new SimulatedLogFiles();
  readonly #random: Random;
  #guard: GuardStore;
  #durableGuard: GuardStore;
  conduct: DiskConduct = { guardFails: 0, resultsFail: 0 };
  /** A supervisor dies at this call to the disk from now on; 0: at none. */
  deadlyCall = 0;

  constructor(random: Random, guard: GuardStore = inMemoryGuardStore()) {
    this.#random = random;
    this.#guard = guard;
    this.#durableGuard = inMemoryGuardStore();
  }

  /** `guard.db` as it is. */
  get guard(): GuardStore {
    return this.#guard;
  }

  /** What is in it for the next supervisor. */
  stored(): Stored {
    return { denials: held(this.#guard.denials()), overrides: held(this.#guard.overrides()) };
  }

  sync(): void {
    this.results.sync();
    this.#durableGuard = copyOf(this.#guard);
  }

  losePower(): void {
    this.results.losePower();
    this.logs.losePower();
    this.#guard = copyOf(this.#durableGuard);
  }

  /** The guard's store as one supervisor uses it. */
  guardOf(holder: Holder): GuardStore {
    const broken = fail({ reason: 'io', message: 'the disk is gone.' } as const);
    const gate = <T extends { readonly ok: boolean }>(call: () => T): T | typeof broken => {
      if (holder.isDead) return broken;
      const deadly = this.#isDeadly();
      // It dies before the write reached the disk, or right after.
      const early = deadly && this.#random.fraction() < 0.5;
      if (early) holder.die();
      const answer = early || this.#fails(this.conduct.guardFails) ? broken : call();
      if (deadly && !early) holder.die();
      return answer;
    };
    return {
      putLease: (lease) => gate(() => this.#guard.putLease(lease)),
      endLease: (leaseId) => gate(() => this.#guard.endLease(leaseId)),
      openLeases: () => gate(() => this.#guard.openLeases()),
      putVerdict: (...judged) => gate(() => this.#guard.putVerdict(...judged)),
      verdicts: (limit) => this.#guard.verdicts(limit),
      evidence: (verdictId) => this.#guard.evidence(verdictId),
      putDenial: (denial) => gate(() => this.#guard.putDenial(denial)),
      removeDenial: (scope, sqlHash) => gate(() => this.#guard.removeDenial(scope, sqlHash)),
      denials: () => gate(() => this.#guard.denials()),
      putOverrides: (overrides) => gate(() => this.#guard.putOverrides(overrides)),
      overrides: () => gate(() => this.#guard.overrides()),
      putSplays: (splays) => gate(() => this.#guard.putSplays(splays)),
      splays: () => gate(() => this.#guard.splays()),
      setting: (name) => gate(() => this.#guard.setting(name)),
      putSetting: (name, value) => gate(() => this.#guard.putSetting(name, value)),
      close: () => undefined,
    };
  }

  /** The results store as the store thread of one supervisor uses it. */
  resultsOf(holder: Holder): ResultsStore {
    const { results } = this;
    const write = (call: () => void): void => {
      this.#reach(holder);
      if (this.#fails(this.conduct.resultsFail)) throw new Error('database or disk is full');
      call();
    };
    return {
      serve: (sinks) => results.serve(sinks),
      baseline: (name) => results.baseline(name),
      commit: (...run) => write(() => results.commit(...run)),
      append: (...lines) => write(() => results.append(...lines)),
      head: (sink, most_bytes) => results.head(sink, most_bytes),
      waiting: () => results.waiting(),
      position: (sink) => results.position(sink),
      acknowledge: (...to) => write(() => results.acknowledge(...to)),
      trim: (bounds) => results.trim(bounds),
      performance: () => results.performance(),
      retain: (names) => write(() => results.retain(names)),
      close: () => undefined,
    };
  }

  /** The logs as the store thread of one supervisor writes them: who dies in a write leaves its beginning. */
  logsOf(holder: Holder): LogFiles {
    const { logs } = this;
    return {
      look: (path) => logs.look(path),
      findMoved: (path, device, inode) => logs.findMoved(path, device, inode),
      read: (path, offset_bytes, length) => logs.read(path, offset_bytes, length),
      sync: (path) => {
        this.#reach(holder);
        logs.sync(path);
      },
      append: (path, bytes, mode) => {
        if (holder.isDead) throw new Dead();
        if (!this.#isDeadly()) return logs.append(path, bytes, mode);
        logs.write(path, bytes.subarray(0, Math.floor(this.#random.fraction() * (bytes.length + 1))));
        holder.die();
        throw new Dead();
      },
    };
  }

  #reach(holder: Holder): void {
    if (holder.isDead) throw new Dead();
    if (!this.#isDeadly()) return;
    holder.die();
    throw new Dead();
  }

  #isDeadly(): boolean {
    if (this.deadlyCall === 0) return false;
    this.deadlyCall -= 1;
    return this.deadlyCall === 0;
  }

  #fails(share: number): boolean {
    return share > 0 && this.#random.fraction() < share;
  }
}

const copyOf = (store: GuardStore): GuardStore => {
  const copy = inMemoryGuardStore();
  for (const lease of held(store.openLeases())) copy.putLease(lease);
  for (const verdict of held(store.verdicts(Number.MAX_SAFE_INTEGER)).toReversed()) {
    const evidence = held(store.evidence(verdict.verdictId));
    if (evidence !== undefined) copy.putVerdict(verdict, undefined, evidence);
  }
  for (const denial of held(store.denials())) copy.putDenial(denial);
  copy.putOverrides(held(store.overrides()));
  copy.putSplays(held(store.splays()));
  return copy;
};

/** What a store in memory holds: it does not fail. */
export const held = <T>(
  answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: StoreFailure },
): T => {
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

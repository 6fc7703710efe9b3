import type { GuardStore, StoreFailure } from '../../platform/guard-store.ts';
import { atTime, deny, lift, strike } from '../../policies/denylist.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { type Denial, recordKey } from '../../protocol/denial.ts';
import { ok, type Result } from '../../protocol/result.ts';
import type { Verdict } from '../../protocol/verdict.ts';

/** What the denylist needs. */
export interface DenylistDeps {
  readonly store: GuardStore;
  /** Lengths of the first, second, … denial; the last one serves for all further ones. */
  readonly durations_ms: readonly number[];
  readonly emit: (event: DaemonEvent) => void;
}

/** May a query run? `probation`: once, alone, in a fresh worker; that run decides. */
export type Admission =
  | { readonly kind: 'run' }
  | { readonly kind: 'probation' }
  | { readonly kind: 'denied'; readonly message: string };

/** The denylist in memory over its copy in the store. Decisions are in policies/denylist.ts. */
export class Denylist {
  readonly #deps: DenylistDeps;
  readonly #records = new Map<string, Denial>();

  constructor(deps: DenylistDeps) {
    this.#deps = deps;
  }

  /** Lengths of the first, second, … denial; the last one serves for all further ones. */
  get durations_ms(): readonly number[] {
    return this.#deps.durations_ms;
  }

  /** Reads what earlier lives stored, and says which denials are still in force. */
  load(now_unix_ms: number): Result<void, StoreFailure> {
    const stored = this.#deps.store.denials();
    if (!stored.ok) return stored;
    for (const record of stored.value) {
      this.#records.set(recordKey(record), record);
      if (atTime(record, now_unix_ms)?.state === 'denied')
        this.#deps.emit({ type: 'denied', denial: record });
    }
    return ok(undefined);
  }

  admit(scope: string, sqlHash: string, now_unix_ms: number): Admission {
    const record = this.#now(scope, sqlHash, now_unix_ms);
    switch (record?.state) {
      case 'denied':
        return { kind: 'denied', message: describeDenial(record) };
      case 'probation':
        return { kind: 'probation' };
      case 'watched':
      case undefined:
        return { kind: 'run' };
    }
  }

  isDenied(scope: string, sqlHash: string, now_unix_ms: number): boolean {
    return this.#now(scope, sqlHash, now_unix_ms)?.state === 'denied';
  }

  /** The record that follows from a verdict; the judge stores it together with the verdict, then calls `take`. */
  afterStrike(verdict: Verdict): Denial {
    return strike(
      this.record(verdict.scope, verdict.sqlHash),
      {
        scope: verdict.scope,
        sqlHash: verdict.sqlHash,
        queryId: verdict.queryId,
        sql: verdict.sql,
        reason: verdict.reason,
        limit: verdict.limit,
        measured: verdict.measured,
      },
      this.#deps.durations_ms,
      verdict.at_unix_ms,
    );
  }

  take(record: Denial): void {
    this.#records.set(recordKey(record), record);
    this.#deps.emit({ type: 'denied', denial: record });
  }

  record(scope: string, sqlHash: string): Denial | undefined {
    return this.#records.get(recordKey({ scope, sqlHash }));
  }

  /** A probation run came to its end within its budget. */
  passed(scope: string, sqlHash: string, now_unix_ms: number): void {
    const record = this.record(scope, sqlHash);
    if (record === undefined) return;
    this.#replace(record, lift(record, now_unix_ms));
    const message = `'${record.queryId}' passed its probation run: its denial is lifted.`;
    this.#deps.emit({ type: 'log', severity: 'info', message });
  }

  /** Denies a query at a person's wish. */
  add(
    query: { scope: string; sqlHash: string; queryId: string; sql: string },
    for_ms: number,
    now_unix_ms: number,
  ): void {
    const record = deny({ ...query, reason: 'operator', limit: 0, measured: 0 }, for_ms, now_unix_ms);
    this.#report(this.#deps.store.putDenial(record));
    this.take(record);
  }

  /** Forgets the records of a query name (all records without one) and tells how many there were. */
  clear(queryId: string | undefined): number {
    const chosen = [...this.#records.values()].filter(
      (record) => queryId === undefined || record.queryId === queryId,
    );
    for (const record of chosen) this.#replace(record, undefined);
    return chosen.length;
  }

  entries(now_unix_ms: number): readonly Denial[] {
    return [...this.#records.values()].flatMap((record) => atTime(record, now_unix_ms) ?? []);
  }

  /** The record as it stands now; forgets it when nothing is left of it. */
  #now(scope: string, sqlHash: string, now_unix_ms: number): Denial | undefined {
    const record = this.record(scope, sqlHash);
    if (record === undefined) return undefined;
    const current = atTime(record, now_unix_ms);
    // A wall clock that was set back moved the record: kept, or the next look would move it again.
    const moved = current !== undefined && current.since_unix_ms !== record.since_unix_ms;
    if (current === undefined || moved) this.#replace(record, current);
    return current;
  }

  #replace(record: Denial, next: Denial | undefined): void {
    const { store } = this.#deps;
    if (next === undefined) {
      this.#records.delete(recordKey(record));
      this.#report(store.removeDenial(record.scope, record.sqlHash));
      return;
    }
    this.#records.set(recordKey(next), next);
    this.#report(store.putDenial(next));
  }

  #report(stored: Result<void, StoreFailure>): void {
    if (stored.ok) return;
    const message = `A change of the denylist is in memory only: ${stored.error.message}`;
    this.#deps.emit({ type: 'log', severity: 'error', message });
  }
}

/** Why a query may not run, when it may again, and what a person can do. */
const describeDenial = (record: Denial): string => {
  const until = new Date(record.until_unix_ms).toISOString();
  const why =
    record.reason === 'operator'
      ? 'an operator denied it'
      : `${record.reason} was ${Math.round(record.measured)}, its limit is ${Math.round(record.limit)}`;
  return `'${record.queryId}' is on the denylist until ${until} (${why}). 'leash denylist clear ${record.queryId}' lets it run at once.`;
};

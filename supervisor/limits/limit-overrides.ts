import type { Clock } from '../../platform/clock.ts';
import type { GuardStore, StoreFailure } from '../../platform/guard-store.ts';
import type { Random } from '../../platform/random.ts';
import { overrideAt } from '../../policies/override.ts';
import { type Budget, budgetNames } from '../../protocol/budget.ts';
import type { LimitOverride, OverrideEnd } from '../../protocol/limit-override.ts';
import type { Limits } from '../../protocol/limits.ts';
import { nearest } from '../../protocol/nearest.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { ScheduleBook } from '../schedule/schedule-book.ts';
import { overrideProblem } from './check-override.ts';

/** What overrides need. */
export interface LimitOverridesDeps {
  readonly store: GuardStore;
  readonly book: ScheduleBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (severity: 'info' | 'warning' | 'error', message: string) => void;
}

/** A person's wish. */
export interface OverrideWish {
  readonly queryId: string;
  readonly limits: Limits;
  readonly for_ms: number;
  readonly uid: number | undefined;
}

export type OverrideFailure = Failure<'no_such_query' | 'not_allowed' | 'not_overridden' | 'store_failed'>;

/**
 * Per-query limits that a person set for a time: journalled before they are in force, written into the schedule,
 * and taken out of it when their time is over. A limit is part of a query's SQL hash, so the override begins with a
 * clean record, and the record from before is in force again afterwards.
 */
export class LimitOverrides {
  readonly #deps: LimitOverridesDeps;
  /** By logged name; also of queries that the config does not have at present. */
  readonly #active = new Map<string, LimitOverride>();

  constructor(deps: LimitOverridesDeps) {
    this.#deps = deps;
  }

  /** Reads what earlier lives stored, before the schedule is built. */
  load(): Result<void, StoreFailure> {
    const { store, log } = this.#deps;
    const stored = store.overrides();
    if (!stored.ok) return stored;
    for (const override of stored.value) {
      if (override.end === undefined) this.#active.set(override.queryId, override);
    }
    this.expire();
    for (const override of this.#active.values()) log('warning', `${describe(override)} is still in force.`);
    return ok(undefined);
  }

  /** The override of a query, if one is in force now: one that is over may still wait to be taken out. */
  of(queryId: string): LimitOverride | undefined {
    const override = this.#active.get(queryId);
    if (override === undefined || overrideAt(override, this.#deps.clock.unixMs()) === undefined)
      return undefined;
    return override;
  }

  /** Those in force, in the order in which they were set. */
  list(): readonly LimitOverride[] {
    return [...this.#active.values()];
  }

  /** Puts an override in force. It replaces one that the query already has, as a whole. */
  set({ queryId, limits, for_ms, uid }: OverrideWish): Result<LimitOverride, OverrideFailure> {
    const { store, book, clock, random, log } = this.#deps;
    const entry = book.get(queryId);
    if (entry === undefined) return fail(this.#unknown(queryId));
    const problem = overrideProblem(limits, for_ms);
    if (problem !== undefined) return fail({ reason: 'not_allowed', message: problem });
    const now_unix_ms = clock.unixMs();
    const override: LimitOverride = {
      overrideId: random.id(),
      queryId,
      limits,
      former: sameNames(limits, entry.limits.budget),
      uid,
      since_unix_ms: now_unix_ms,
      until_unix_ms: now_unix_ms + for_ms,
      ended_unix_ms: undefined,
      end: undefined,
    };
    const replaced = this.#active.get(queryId);
    const journal = replaced === undefined ? [] : [ended(replaced, now_unix_ms, 'replaced')];
    const stored = store.putOverrides([...journal, override]);
    if (!stored.ok) {
      const message = `the override could not be journalled, so it is not in force: ${stored.error.message}`;
      return fail({ reason: 'store_failed', message });
    }
    this.#active.delete(queryId);
    this.#active.set(queryId, override);
    book.override(queryId, override);
    log('warning', `${describe(override)} is in force, set by ${who(uid)}${changes(override)}.`);
    return ok(override);
  }

  /** Takes an override back. */
  clear(queryId: string): Result<LimitOverride, OverrideFailure> {
    const override = this.#active.get(queryId);
    if (override !== undefined) {
      this.#end(override, 'cleared');
      return ok(override);
    }
    if (this.#deps.book.get(queryId) === undefined) return fail(this.#unknown(queryId));
    return fail({ reason: 'not_overridden', message: `no limit of '${queryId}' is overridden` });
  }

  /** Ends what is over. Called every second: nobody is called when a wall clock is set. */
  expire(): void {
    const now_unix_ms = this.#deps.clock.unixMs();
    for (const stored of this.#active.values()) {
      const current = overrideAt(stored, now_unix_ms);
      if (current === undefined) this.#end(stored, 'expired');
      else if (current !== stored) this.#move(current);
    }
  }

  #move(moved: LimitOverride): void {
    this.#active.set(moved.queryId, moved);
    this.#deps.book.override(moved.queryId, moved);
    this.#journal(moved);
  }

  #end(override: LimitOverride, end: OverrideEnd): void {
    const { book, clock, log } = this.#deps;
    this.#active.delete(override.queryId);
    book.override(override.queryId, undefined);
    this.#journal(ended(override, clock.unixMs(), end));
    const how = end === 'expired' ? 'is over' : 'was taken back';
    log('info', `${describe(override)} ${how}: what config and flags say is in force again.`);
  }

  #journal(override: LimitOverride): void {
    const stored = this.#deps.store.putOverrides([override]);
    if (stored.ok) return;
    this.#deps.log('error', `A change of an override is in memory only: ${stored.error.message}`);
  }

  #unknown(queryId: string): OverrideFailure {
    const near = nearest(
      queryId,
      this.#deps.book.entries().map(({ query }) => query.name),
    );
    const hint = near === undefined ? 'osquery_schedule lists the names' : `did you mean '${near}'?`;
    return { reason: 'no_such_query', message: `no scheduled query is called '${queryId}'; ${hint}` };
  }
}

const ended = (override: LimitOverride, ended_unix_ms: number, end: OverrideEnd): LimitOverride => ({
  ...override,
  ended_unix_ms,
  end,
});

const sameNames = (limits: Limits, budget: Budget): Limits =>
  Object.fromEntries(
    budgetNames.filter((name) => limits[name] !== undefined).map((name) => [name, budget[name]]),
  );

const describe = ({ queryId, limits, until_unix_ms }: LimitOverride): string => {
  const values = budgetNames
    .filter((name) => limits[name] !== undefined)
    .map((name) => `${name}=${limits[name]}`);
  return `The override ${values.join(', ')} for '${queryId}' until ${new Date(until_unix_ms).toISOString()}`;
};

const who = (uid: number | undefined): string => (uid === undefined ? 'an unknown user' : `uid ${uid}`);

const changes = ({ former }: LimitOverride): string => {
  const values = Object.entries(former).map(([name, value]) => `${name}=${value}`);
  return `; before: ${values.join(', ')}`;
};

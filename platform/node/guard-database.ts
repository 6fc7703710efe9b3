import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Denial } from '../../protocol/denial.ts';
import type { Evidence } from '../../protocol/evidence.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import type { GuardStore, Splay, StoreFailure } from '../guard-store.ts';
import { decodeEvidence, encodeEvidence } from './evidence-body.ts';
import { openDatabase } from './open-database.ts';
import { storeFailureOf } from './sqlite-failure.ts';

/** Verdicts are kept until there are more than this. */
const keptVerdicts = 10_000;
/** Of so many of the newest verdicts it is kept what led to them: five kilobytes each, when the run was long. */
const keptEvidence = 1_000;
/** The journal of overrides: those that ended are kept until so many others were set after them. */
const keptOverrides = 1_000;

const migrations: readonly string[] = [
  `CREATE TABLE leases (lease_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE verdicts (verdict_id TEXT NOT NULL UNIQUE, at_unix_ms INTEGER NOT NULL, body TEXT NOT NULL);
   CREATE TABLE denials (
     scope TEXT NOT NULL, sql_hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (scope, sql_hash)
   ) WITHOUT ROWID;
   CREATE TABLE splays (
     query_id TEXT PRIMARY KEY, interval_s INTEGER NOT NULL, splayed_s INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
  // What led to a verdict: its samples and the rest of protocol/evidence.ts.
  'CREATE TABLE samples (verdict_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);',
  'CREATE TABLE overrides (override_id TEXT NOT NULL UNIQUE, ended INTEGER NOT NULL, body TEXT NOT NULL);',
  // Splays of before have no offset: both are drawn anew.
  `DROP TABLE splays;
   CREATE TABLE splays (
     query_id TEXT PRIMARY KEY, interval_s INTEGER NOT NULL, splayed_s INTEGER NOT NULL, offset_ms INTEGER NOT NULL
   ) WITHOUT ROWID;`,
  // Before, only runs were judged.
  `UPDATE verdicts SET body = json_set(body, '$.subject', 'query');
   UPDATE samples SET body = json_set(body, '$.subject', 'query');`,
];

/** `guard.db` as it was opened. */
export interface OpenedGuardStore {
  readonly store: GuardStore;
  readonly notices: readonly string[];
}

/** Opens `guard.db` in a state directory. It is never checkpointed on the guard's loop: see the store thread. */
export const openGuardStore = (
  directory: string,
  facts: { readonly now_unix_ms: number },
): Result<OpenedGuardStore, StoreFailure> => {
  const path = guardDatabasePath(directory);
  const opened = openDatabase({ path, migrations, ...facts });
  if (!opened.ok) return opened;
  const { database, notices } = opened.value;
  database.pragma('wal_autocheckpoint = 0');
  return ok({ store: guardStore(path, database), notices });
};

export const guardDatabasePath = (directory: string): string => join(directory, 'guard.db');

const guardStore = (path: string, database: Database.Database): GuardStore => {
  const attempt = <T>(work: () => T): Result<T, StoreFailure> => {
    try {
      return ok(work());
    } catch (error) {
      return fail(storeFailureOf(path, error));
    }
  };
  const write = (statement: Database.Statement, ...values: unknown[]): Result<void, StoreFailure> =>
    attempt(() => void statement.run(...values));
  // Bodies are JSON that this file alone wrote, from values of these types.
  const bodies = <T>(
    statement: Database.Statement,
    ...values: unknown[]
  ): Result<readonly T[], StoreFailure> =>
    attempt(() => (statement.pluck().all(...values) as string[]).map((body) => JSON.parse(body) as T));

  const putLease = database.prepare('INSERT OR REPLACE INTO leases VALUES (?, ?)');
  const endLease = database.prepare('DELETE FROM leases WHERE lease_id = ?');
  const openLeases = database.prepare('SELECT body FROM leases');
  const putVerdict = database.prepare('INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)');
  const trimVerdicts = database.prepare(
    'DELETE FROM verdicts WHERE rowid <= (SELECT max(rowid) FROM verdicts) - ?',
  );
  const verdicts = database.prepare('SELECT body FROM verdicts ORDER BY rowid DESC LIMIT ?');
  const putEvidence = database.prepare('INSERT OR REPLACE INTO samples VALUES (?, ?)');
  const trimEvidence = database.prepare(
    'DELETE FROM samples WHERE rowid <= (SELECT max(rowid) FROM samples) - ?',
  );
  const evidence = database.prepare('SELECT body FROM samples WHERE verdict_id = ?').pluck();
  const putDenial = database.prepare('INSERT OR REPLACE INTO denials VALUES (?, ?, ?)');
  const removeDenial = database.prepare('DELETE FROM denials WHERE scope = ? AND sql_hash = ?');
  const denials = database.prepare('SELECT body FROM denials');
  const putOverride = database.prepare(
    'INSERT INTO overrides VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ended = excluded.ended, body = excluded.body',
  );
  const trimOverrides = database.prepare(
    'DELETE FROM overrides WHERE ended AND rowid <= (SELECT max(rowid) FROM overrides) - ?',
  );
  const overrides = database.prepare('SELECT body FROM overrides ORDER BY rowid');
  const putSplay = database.prepare('INSERT OR REPLACE INTO splays VALUES (?, ?, ?, ?)');
  const splays = database.prepare('SELECT query_id AS queryId, interval_s, splayed_s, offset_ms FROM splays');
  const setting = database.prepare('SELECT value FROM settings WHERE name = ?').pluck();
  const putSetting = database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)');
  const judge = database.transaction((verdict: Verdict, denial: Denial | undefined, led: Evidence) => {
    putVerdict.run(verdict.verdictId, verdict.at_unix_ms, JSON.stringify(verdict));
    trimVerdicts.run(keptVerdicts);
    putEvidence.run(verdict.verdictId, encodeEvidence(led));
    trimEvidence.run(keptEvidence);
    if (denial !== undefined) putDenial.run(denial.scope, denial.sqlHash, JSON.stringify(denial));
  });
  const override = database.transaction((changed: readonly LimitOverride[]) => {
    for (const one of changed) {
      putOverride.run(one.overrideId, one.end === undefined ? 0 : 1, JSON.stringify(one));
    }
    trimOverrides.run(keptOverrides);
  });
  const splay = database.transaction((drawn: readonly Splay[]) => {
    for (const { queryId, interval_s, splayed_s, offset_ms } of drawn) {
      putSplay.run(queryId, interval_s, splayed_s, offset_ms);
    }
  });

  return {
    putLease: (lease) => write(putLease, lease.leaseId, JSON.stringify(lease)),
    endLease: (leaseId) => write(endLease, leaseId),
    openLeases: () => bodies<Lease>(openLeases),
    putVerdict: (verdict, denial, led) => attempt(() => judge(verdict, denial, led)),
    verdicts: (limit) => bodies<Verdict>(verdicts, limit),
    evidence: (verdictId) =>
      attempt(() => {
        const body = evidence.get(verdictId);
        return typeof body === 'string' ? decodeEvidence(body) : undefined;
      }),
    putDenial: (denial) => write(putDenial, denial.scope, denial.sqlHash, JSON.stringify(denial)),
    removeDenial: (scope, sqlHash) => write(removeDenial, scope, sqlHash),
    denials: () => bodies<Denial>(denials),
    putOverrides: (changed) => attempt(() => override(changed)),
    overrides: () => bodies<LimitOverride>(overrides),
    putSplays: (drawn) => attempt(() => splay(drawn)),
    splays: () => attempt(() => splays.all() as Splay[]),
    setting: (name) => attempt(() => setting.get(name) as string | undefined),
    putSetting: (name, value) => write(putSetting, name, value),
    close: () => void database.close(),
  };
};

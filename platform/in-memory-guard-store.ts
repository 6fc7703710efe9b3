import { type Denial, recordKey } from '../protocol/denial.ts';
import type { Evidence } from '../protocol/evidence.ts';
import type { Lease } from '../protocol/lease.ts';
import type { LimitOverride } from '../protocol/limit-override.ts';
import { ok } from '../protocol/result.ts';
import type { Verdict } from '../protocol/verdict.ts';
import type { GuardStore, Splay } from './guard-store.ts';

/** A store that lives as long as its process: for a single `leash query`, and for tests. */
export const inMemoryGuardStore = (): GuardStore => {
  const leases = new Map<string, Lease>();
  const verdicts = new Map<string, Verdict>();
  const evidence = new Map<string, Evidence>();
  const denials = new Map<string, Denial>();
  const overrides = new Map<string, LimitOverride>();
  const splays = new Map<string, Splay>();
  const settings = new Map<string, string>();
  const done = ok(undefined);
  const putDenial = (denial: Denial): void => void denials.set(recordKey(denial), denial);
  return {
    putLease: (lease) => {
      leases.set(lease.leaseId, lease);
      return done;
    },
    endLease: (leaseId) => {
      leases.delete(leaseId);
      return done;
    },
    openLeases: () => ok([...leases.values()]),
    putVerdict: (verdict, denial, led) => {
      verdicts.set(verdict.verdictId, verdict);
      evidence.set(verdict.verdictId, led);
      if (denial !== undefined) putDenial(denial);
      return done;
    },
    verdicts: (limit) => ok([...verdicts.values()].reverse().slice(0, limit)),
    evidence: (verdictId) => ok(evidence.get(verdictId)),
    putDenial: (denial) => {
      putDenial(denial);
      return done;
    },
    removeDenial: (scope, sqlHash) => {
      denials.delete(recordKey({ scope, sqlHash }));
      return done;
    },
    denials: () => ok([...denials.values()]),
    putOverrides: (changed) => {
      for (const override of changed) overrides.set(override.overrideId, override);
      return done;
    },
    overrides: () => ok([...overrides.values()]),
    putSplays: (drawn) => {
      for (const splay of drawn) splays.set(splay.queryId, splay);
      return done;
    },
    splays: () => ok([...splays.values()]),
    setting: (name) => ok(settings.get(name)),
    putSetting: (name, value) => {
      settings.set(name, value);
      return done;
    },
    close: () => undefined,
  };
};

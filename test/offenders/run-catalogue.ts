import { type Form, prepareGround } from './ground.ts';
import type { Offender } from './offender.ts';
import { startRealHost } from './real-host.ts';
import { type OffenderReport, runOffender } from './run-offender.ts';

/** What a run of many kinds came to. */
export interface CatalogueReport {
  readonly reports: readonly OffenderReport[];
  /** Kinds that could not run, each with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** How the catalogue is run. */
export interface CatalogueOptions {
  readonly form: Form;
  /** Kinds that run side by side. */
  readonly lanes: number;
  /** Called when a kind is through. */
  readonly told?: (report: OffenderReport) => void;
}

/** Runs kinds side by side on one real supervisor: each lane takes the next one that nobody has taken. */
export const runCatalogue = async (
  kinds: readonly Offender[],
  { form, lanes, told }: CatalogueOptions,
): Promise<CatalogueReport> => {
  const host = await startRealHost({ lanes });
  const { ground, clear } = await prepareGround(host, form);
  const reports: OffenderReport[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const waiting = [...kinds];
  const serve = async (): Promise<void> => {
    for (let kind = waiting.shift(); kind !== undefined; kind = waiting.shift()) {
      const report = await runOffender(host, ground, kind);
      if (report !== undefined) {
        reports.push(report);
        told?.(report);
      } else if (kind.sql(ground) === undefined) {
        skipped.push({ name: kind.name, reason: ground.noMounts ?? 'this host has no ground for it' });
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, serve));
  } finally {
    await clear();
    await host.stop();
  }
  return { reports, skipped };
};

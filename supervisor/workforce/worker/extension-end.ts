import { blameForWall } from '../../../policies/extension-blame.ts';
import type { Lease } from '../../../protocol/lease.ts';
import type { QueryFailure } from '../../../protocol/run.ts';
import type { FromWorker } from '../../../protocol/worker-messages.ts';
import type { ExtensionBoard } from '../../extensions/extension-board.ts';
import type { Finding } from '../../watchdog/judge.ts';

/** A run that an extension made late: what its asker is told, and the extension that hung, if it is to be blamed. */
export interface LateByExtension {
  readonly failure: QueryFailure;
  readonly hung: { readonly uuid: number; readonly finding: Finding } | undefined;
}

/** What a worker said of the time that a run waited for extensions. */
type Waits = Extract<FromWorker, { type: 'waits' }>['waits'] | undefined;

/**
 * Looks whether it was an extension that used up a run's `wall_ms`, of which `measured_ms` are gone; undefined when it was
 * not. The query that waited is not at fault then, so its failure is no limit that it broke. Pure.
 */
export const lateByExtension = (
  waits: Waits,
  { budget }: Lease,
  measured_ms: number,
  told: ExtensionBoard['attached'],
): LateByExtension | undefined => {
  if (waits === undefined) return undefined;
  const blame = blameForWall(waits, budget.wall_ms);
  if (blame.kind === 'query') return undefined;
  const { uuid } = blame;
  const name = JSON.stringify(told.get(uuid)?.info.name ?? `of number ${uuid}`);
  const waited = `${Math.round(blame.waited_ms)} of the query's ${budget.wall_ms} ms (wall_ms)`;
  const failure = (message: string): QueryFailure => ({ reason: 'table_error', message });
  if (blame.kind === 'slow') {
    return {
      failure: failure(
        `calls of extension ${name} took ${waited}: ask it for fewer rows, or give the query more time`,
      ),
      hung: undefined,
    };
  }
  const finding: Finding = { reason: 'wall_ms', limit: budget.wall_ms, measured: measured_ms };
  return {
    failure: failure(`extension ${name} did not answer within ${waited}; the query is not at fault`),
    hung: { uuid, finding },
  };
};

/** The same for a run that its worker ended itself. */
export const lateWhenDone = (
  { failure, waits }: Extract<FromWorker, { type: 'done' }>,
  lease: Lease,
  told: ExtensionBoard['attached'],
): LateByExtension | undefined =>
  failure?.reason === 'limit' && failure.limit === 'wall_ms'
    ? lateByExtension(waits, lease, failure.measured ?? lease.budget.wall_ms, told)
    : undefined;

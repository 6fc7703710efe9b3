import { blameForWall } from '../../policies/extension-blame.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import type { FromWorker } from '../../protocol/worker-messages.ts';
import type { ExtensionBoard } from '../extensions/extension-board.ts';
import type { Finding } from '../watchdog/judge.ts';

/** A run that an extension made late: what its asker is told, and the extension that hung, if it is to be blamed. */
export interface LateByExtension {
  readonly failure: QueryFailure;
  readonly hung: { readonly uuid: number; readonly finding: Finding } | undefined;
}

/**
 * Looks whether it was an extension that used up a run's `wall_ms`; undefined when it was not, or when nothing did. The
 * query that waited is not at fault then, so its failure is no limit that it broke. Pure.
 */
export const lateByExtension = (
  { failure, waits }: Pick<Extract<FromWorker, { type: 'done' }>, 'failure' | 'waits'>,
  { budget }: Lease,
  told: ExtensionBoard['attached'],
): LateByExtension | undefined => {
  if (failure?.reason !== 'limit' || failure.limit !== 'wall_ms' || waits === undefined) return undefined;
  const blame = blameForWall(waits, budget.wall_ms);
  if (blame.kind === 'query') return undefined;
  const { uuid } = blame;
  const name = JSON.stringify(told.get(uuid)?.info.name ?? `of number ${uuid}`);
  const waited = `${Math.round(blame.waited_ms)} of the query's ${budget.wall_ms} ms (wall_ms)`;
  const finding: Finding = {
    reason: 'wall_ms',
    limit: budget.wall_ms,
    measured: failure.measured ?? budget.wall_ms,
  };
  return blame.kind === 'hung'
    ? {
        failure: {
          reason: 'table_error',
          message: `extension ${name} did not answer within ${waited}; the query is not at fault`,
        },
        hung: { uuid, finding },
      }
    : {
        failure: {
          reason: 'table_error',
          message: `calls of extension ${name} took ${waited}: ask it for fewer rows, or give the query more time`,
        },
        hung: undefined,
      };
};

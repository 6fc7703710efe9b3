import type { Clock } from '../../../platform/clock.ts';
import type { Budget } from '../../../protocol/budget.ts';
import { rowsOfFrames } from '../../../protocol/row-batches.ts';
import { cellText } from '../../cell-text.ts';
import { collectRun } from '../../schedule/collector.ts';
import type { Supervisor } from '../../supervisor.ts';
import type { CorePlugins } from '../check-registration.ts';
import { ownPlugins } from '../own-plugins.ts';

const askAgain_ms = 1_000;

/**
 * What the daemon brings itself. Only a worker knows the built-in tables, so one is asked until it answers: an extension
 * that registered before that could put a table in the place of one of ours.
 */
export const corePlugins = async (
  ask: Supervisor['query'],
  budget: Budget,
  clock: Clock,
  isStopped: () => boolean,
): Promise<CorePlugins> => {
  for (;;) {
    const names = await tableNames(ask, budget);
    if (names.size > 0 || isStopped()) {
      return {
        has: (registry, name) =>
          registry === 'table'
            ? names.has(name)
            : ownPlugins.some((plugin) => plugin.registry === registry && plugin.name === name),
      };
    }
    await new Promise<void>((resolve) => {
      clock.after(askAgain_ms, resolve);
    });
  }
};

const tableNames = (ask: Supervisor['query'], budget: Budget): Promise<ReadonlySet<string>> =>
  new Promise((resolve) => {
    const sql =
      "SELECT lower(name) FROM osquery_registry WHERE registry = 'table' AND owner_uuid = 0 AND internal = 0";
    const collected = collectRun(({ results }) => {
      const rows = results.flatMap(({ rowFrames }) => rowsOfFrames(rowFrames));
      resolve(new Set(rows.map(([name]) => cellText(name ?? null) ?? '')));
    });
    ask({ sql, by: { extension: 'extensions_socket' }, budget }, collected);
  });

/**
 * Runs every query of the shared reference data on this host, in a real worker, and compares its result columns with
 * those that the data lists. Prints a table of what became of each. Ends with 1 when one did not run, or has other
 * columns. Queries of tables that contact somebody beyond this machine are prepared only.
 *
 *   npm run queries
 */
import { WorkerProcess } from '../workers/worker-process.ts';
import { knownReason } from './known-reasons.ts';
import { listedQueries } from './listed-queries.ts';
import { type QueryOutcome, runQuery } from './query-outcome.ts';

const line = (id: string, rows: string, wall_ms: string, tables: string, outcome: string): string =>
  `${id.padEnd(8)} ${rows.padStart(7)} ${wall_ms.padStart(8)}  ${tables.padEnd(40)} ${outcome}\n`;

const verdictOf = ({ query, problem, isPreparedOnly }: QueryOutcome): string => {
  if (problem === undefined) return isPreparedOnly ? 'ok, prepared only: it contacts others' : 'ok';
  const reason = knownReason(query);
  return reason === undefined ? `FAIL ${problem}` : `known: ${reason}`;
};

const queries = listedQueries();
if (queries === undefined) {
  process.stderr.write('the shared data (data/queries.json) is not here: LEASH_SHARED can name its folder\n');
  process.exit(2);
}
const worker = await WorkerProcess.ready('net');
const outcomes: QueryOutcome[] = [];
process.stdout.write(line('query', 'rows', 'ms', 'tables', 'outcome'));
for (const query of queries) {
  const outcome = await runQuery(worker, query);
  outcomes.push(outcome);
  const { rows, wall_ms } = outcome;
  process.stdout.write(
    line(query.id, String(rows), wall_ms.toFixed(1), query.tables.join(), verdictOf(outcome)),
  );
}
worker.channel.destroy();
const bad = outcomes.filter(({ problem }) => problem !== undefined);
const unknown = bad.filter(({ query }) => knownReason(query) === undefined);
const prepared = outcomes.filter(({ isPreparedOnly }) => isPreparedOnly).length;
const withRows = outcomes.filter(({ rows }) => rows > 0).length;
process.stdout.write(
  `${outcomes.length} queries: ${outcomes.length - bad.length} as listed (${withRows} with rows, ${prepared} prepared only), ` +
    `${bad.length - unknown.length} that cannot run for a known reason, ${unknown.length} failed\n`,
);
process.exitCode = unknown.length === 0 ? 0 : 1;

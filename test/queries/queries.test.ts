import t from 'tap';
import { WorkerProcess } from '../workers/worker-process.ts';
import { knownReason } from './known-reasons.ts';
import { listedQueries } from './listed-queries.ts';
import { prepareQuery } from './query-outcome.ts';

const queries = listedQueries();

t.test(
  'the queries that people run are prepared, with the columns that they have in osquery',
  { skip: queries === undefined && 'needs the real queries (set LEASH_SHARED)' },
  async (t) => {
    const worker = await WorkerProcess.ready('net');
    t.teardown(() => worker.channel.destroy());
    const must = (queries ?? []).filter((query) => knownReason(query) === undefined);
    t.ok(must.length >= 175, `${must.length} queries`);
    for (const query of must) t.equal((await prepareQuery(worker, query)).problem, undefined, query.id);
  },
);

import t from 'tap';
import { realQueries } from './real-queries.ts';
import { runCatalogue } from './run-catalogue.ts';

t.test('no query that people run is judged', { timeout: 240_000 }, async (t) => {
  const queries = realQueries();
  if (queries.length === 0) {
    t.pass('queries', { skip: 'the shared data are not here' });
    return;
  }
  const { reports } = await runCatalogue(queries, { form: 'long', lanes: 3 });
  for (const { offender, problems } of reports) t.strictSame(problems, [], offender.name);
});

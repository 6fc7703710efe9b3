import t from 'tap';
import { catalogue } from './catalogue.ts';
import { runCatalogue } from './run-catalogue.ts';

/** As many as keep two cores busy while some of them wait for a mount that hangs. */
const lanes = 3;

t.test('the catalogue has kinds enough, and each a name of its own', async (t) => {
  t.ok(catalogue.filter(({ guilty }) => guilty).length >= 25);
  t.equal(new Set(catalogue.map(({ name }) => name)).size, catalogue.length);
});

t.test('every kind meets the verdict that it deserves', { timeout: 240_000 }, async (t) => {
  const { reports, skipped } = await runCatalogue(catalogue, { form: 'short', lanes });
  for (const { offender, problems } of reports) t.strictSame(problems, [], offender.name);
  for (const { name, reason } of skipped) t.pass(name, { skip: reason });
});

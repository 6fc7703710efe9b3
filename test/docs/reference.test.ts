import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { connectToDaemon } from '../../cli/control-client.ts';
import { referencePages } from '../../cli/schema/reference.ts';
import { factsOf } from '../../cli/schema/table-facts.ts';
import type { QueryService } from '../../protocol/control.ts';
import { tables } from '../../workers/tables/index.ts';
import { makeHome, startDaemon } from '../system/daemon-harness.ts';

const folder = join(import.meta.dirname, '../../docs/tables');
const facts = tables.map(factsOf);

t.test('docs/tables is what the tables say: else run node scripts/generate-table-docs.ts', async (t) => {
  const pages = referencePages(facts);
  t.strictSame(readdirSync(folder).toSorted(), [...pages.keys()].toSorted(), 'one page a table and no other');
  const stale = [...pages].filter(([name, text]) => readFileSync(join(folder, name), 'utf8') !== text);
  t.strictSame(
    stale.map(([name]) => name),
    [],
    'no page is stale',
  );
});

/** Runs a statement in a real worker and gives how it failed. */
const failureOf = async (service: QueryService, sql: string) =>
  (await service.query(sql, { columns: () => {}, rows: () => {} })).failure;

t.test('the example of every table runs in a real worker', async (t) => {
  const home = makeHome({});
  const daemon = await startDaemon(home);
  const connected = await connectToDaemon(home.control);
  if (!connected.ok) throw new Error(connected.error.message);
  const service = connected.value;
  t.teardown(async () => {
    await service.close();
    await daemon.end('SIGTERM');
    home.remove();
  });
  for (const { name, example, needs_net } of facts) {
    t.match(example, new RegExp(`\\b${name}\\b`), `the example of ${name} reads it`);
    // What comes through a socket is not asked for: nobody may be behind it, and a test contacts nobody.
    const failure = await failureOf(service, needs_net ? `EXPLAIN QUERY PLAN ${example}` : example);
    // A table that says why this host cannot fill it was run all the same.
    if (failure?.reason !== 'table_error') t.equal(failure, undefined, example);
  }
});

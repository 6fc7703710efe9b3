import t from 'tap';
import { tables } from '../../../workers/tables/index.ts';
import { osqueryRegistry } from '../../../workers/tables/osquery_registry.ts';
import { scan } from './run-table.ts';

t.test('every table is listed once, this one too', async (t) => {
  const { rows, opened } = scan(osqueryRegistry(() => tables));
  t.strictSame(
    rows.map(({ name }) => name),
    tables.map(({ name }) => name),
  );
  t.ok(rows.some(({ name }) => name === 'osquery_registry'));
  t.strictSame(opened, []);
});

t.test('plugins that are no tables come from the supervisor', async (t) => {
  const logger = { registry: 'logger', name: 'filesystem', owner_uuid: 0, internal: 0, active: 1 };
  const answers = { osquery_registry: [logger, { registry: 5, name: 'odd', unknown: 1 }] };
  t.strictSame(
    scan(
      osqueryRegistry(() => []),
      { answers },
    ).rows,
    [logger, { name: 'odd' }],
  );
});

t.test('tables of extensions belong to them, those of the config are internal', async (t) => {
  const { rows } = scan(
    osqueryRegistry(() => []),
    { added: [{ name: 'things', uuid: 7 }, { name: 'visits' }] },
  );
  t.strictSame(rows, [
    { registry: 'table', name: 'things', owner_uuid: 7, internal: 0, active: 1 },
    { registry: 'table', name: 'visits', owner_uuid: 0, internal: 1, active: 1 },
  ]);
});

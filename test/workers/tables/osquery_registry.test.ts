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

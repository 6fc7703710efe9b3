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

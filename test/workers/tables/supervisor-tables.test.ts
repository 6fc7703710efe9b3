import t from 'tap';
import { supervisorTables } from '../../../protocol/supervisor-tables.ts';
import type { TableValue } from '../../../protocol/table.ts';
import { tables } from '../../../workers/tables/index.ts';
import { scan } from './run-table.ts';

const sample = { TEXT: 'text', INTEGER: 1, BIGINT: 2n ** 60n, UNSIGNED_BIGINT: 3, DOUBLE: 1.5, BLOB: 'blob' };

t.test('every supervisor table passes on what the supervisor answers under its own name', async (t) => {
  // leash_samples is asked for verdict by verdict, the others what their rows are made from: see their own tests.
  const others = ['leash_samples', 'prometheus_metrics', 'yara_file', 'osquery_registry'];
  for (const name of supervisorTables.filter((each) => !others.includes(each))) {
    const table = tables.find((candidate) => candidate.name === name);
    if (table === undefined) throw new Error(`no table ${name}`);
    const row: Record<string, TableValue> = {};
    for (const [column, { type }] of Object.entries(table.columns)) row[column] = sample[type];
    const scanned = scan(table, { answers: { [name]: [row, row] } });
    t.strictSame(scanned.rows, [row, row], name);
    t.strictSame(scanned.opened, [], `${name} opens nothing`);
    t.strictSame(scan(table).rows, []);
  }
});

t.test('what does not fit the schema is left out', async (t) => {
  const table = tables.find(({ name }) => name === 'leash_workers');
  if (table === undefined) throw new Error('no table leash_workers');
  const answers = {
    leash_workers: [{ pid: 'many', state: 5, lane: 'live', queries: 3, unknown: 'x', cpu_ms: null }],
  };
  t.strictSame(scan(table, { answers }).rows, [{ lane: 'live', queries: 3 }]);
});

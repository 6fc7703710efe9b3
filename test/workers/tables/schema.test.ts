import { readFileSync } from 'node:fs';
import t from 'tap';
import { supervisorTables } from '../../../protocol/supervisor-tables.ts';
import type { Column } from '../../../protocol/table.ts';
import { tables } from '../../../workers/tables/index.ts';
import { sharedPath } from '../../shared.ts';

interface SpecColumn {
  readonly name: string;
  readonly type: string;
  readonly collate?: string | null;
  readonly aliases?: readonly string[];
  readonly [option: string]: unknown;
}

interface Spec {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly attributes: { readonly cacheable: boolean; readonly user_data: boolean };
  readonly columns: readonly SpecColumn[];
  readonly foreign_hidden_columns: readonly SpecColumn[];
  readonly schema_order?: readonly string[];
}

const options = ['index', 'required', 'additional', 'optimized', 'hidden'] as const;

const fromSpec = (column: SpecColumn, hidden: boolean): object => ({
  name: column.name,
  type: column.type,
  collate: column.collate ?? undefined,
  aliases: column.aliases ?? [],
  options: options.filter((option) => column[option] === true || (option === 'hidden' && hidden)),
});

const fromTable = ([name, column]: [string, Column]): object => ({
  name,
  type: column.type,
  collate: column.collate,
  aliases: column.aliases ?? [],
  options: options.filter((option) => column[option] === true),
});

const expectedColumns = (spec: Spec): object[] => {
  const columns = [
    ...spec.columns.map((column) => ({ name: column.name, made: fromSpec(column, false) })),
    ...spec.foreign_hidden_columns.map((column) => ({ name: column.name, made: fromSpec(column, true) })),
  ];
  const order = spec.schema_order ?? columns.map(({ name }) => name);
  return order.map((name) => columns.find((column) => column.name === name)?.made ?? { missing: name });
};

/** Hidden columns that ours have beyond osquery's, after all of those. */
const ourColumns: Readonly<Record<string, readonly string[]>> = {
  osquery_schedule: ['skipped', 'deferred', 'last_start_drift_ms', 'last_failure', 'limits'],
};

const reference = sharedPath('reference/osquery-tables.linux.json');

t.test(
  'tables are complete in osquery’s schema',
  {
    skip: reference === undefined && 'needs the reference schema (set LEASH_SHARED)',
  },
  async (t) => {
    const { tables: specs }: { tables: Spec[] } = JSON.parse(readFileSync(reference ?? '', 'utf8'));
    for (const table of tables) {
      const spec = specs.find(({ name }) => name === table.name);
      if (spec === undefined) {
        t.match(table.name, /^leash_/, 'a table that osquery has not is one of ours');
        continue;
      }
      const expected = expectedColumns(spec);
      const columns = Object.entries(table.columns);
      t.strictSame(columns.slice(0, expected.length).map(fromTable), expected, table.name);
      const further = columns.slice(expected.length);
      t.strictSame(
        further.map(([name]) => name),
        ourColumns[table.name] ?? [],
        `further columns of ${table.name}`,
      );
      t.ok(
        further.every(([, column]) => column.hidden),
        'which are hidden',
      );
      t.strictSame(table.aliases ?? [], spec.aliases, `aliases of ${table.name}`);
      t.equal(table.cacheable ?? false, spec.attributes.cacheable, `cacheable: ${table.name}`);
      t.equal(table.userData ?? false, spec.attributes.user_data, `user data: ${table.name}`);
    }
  },
);

t.test('the list is complete and in alphabetical order', async (t) => {
  const names = tables.map(({ name }) => name);
  t.strictSame(names, names.toSorted());
  t.equal(new Set(names).size, names.length);
  for (const name of supervisorTables) t.ok(names.includes(name), name);
  for (const table of tables) t.match(table.description, /^[A-Z].*\.$/, table.name);
});

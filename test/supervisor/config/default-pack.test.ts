import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { listedQueries } from '../../queries/listed-queries.ts';
import { sharedPath } from '../../shared.ts';
import { load } from './load-config.ts';

const text = readFileSync(join(import.meta.dirname, '../../../packs/default.json'), 'utf8');
const { config, problems } = load({ 'main.conf': text });
const schedule = config?.schedule ?? [];

t.test('the bundled config has nothing that leash check could complain about', async (t) => {
  t.strictSame(problems, []);
  t.ok(schedule.length >= 10 && schedule.length <= 16, `${schedule.length} queries`);
  for (const { name, interval_s } of schedule)
    t.ok(interval_s >= 5 && interval_s <= 60, `${name}: ${interval_s} s`);
  t.ok(
    schedule.some((query) => query.startup_priority !== undefined),
    'something is to be seen at once',
  );
});

interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string }[];
}

const reference = sharedPath('reference/osquery-tables.linux.json');

t.test(
  'its queries use tables and columns of osquery',
  { skip: reference === undefined && 'needs the reference schema (set LEASH_SHARED)' },
  async (t) => {
    const { tables }: { tables: Table[] } = JSON.parse(readFileSync(reference ?? '', 'utf8'));
    const database = new Database(':memory:');
    t.teardown(() => database.close());
    for (const { name, columns } of tables) {
      database.exec(`CREATE TABLE "${name}" (${columns.map((column) => `"${column.name}"`).join(', ')})`);
    }
    t.throws(() => database.prepare('SELECT no_such_column FROM processes'), 'the check can fail');
    for (const { name, sql } of schedule) t.doesNotThrow(() => database.prepare(sql), name);
  },
);

const queries = listedQueries();

t.test(
  'every real query can stand in a config, in the schedule and in a pack, and comes out as it went in',
  { skip: queries === undefined && 'needs the real queries (set LEASH_SHARED)' },
  async (t) => {
    const real = queries ?? [];
    const members = Object.fromEntries(real.map(({ id, sql }) => [id, { query: sql, interval: 10 }]));
    const loaded = load({
      'main.conf': { schedule: members, packs: { p: 'pack.conf' } },
      'pack.conf': { queries: members },
    });
    t.strictSame(loaded.problems, []);
    const sqls = real.map(({ sql }) => sql);
    t.strictSame(
      loaded.config?.schedule.map(({ sql }) => sql),
      [...sqls, ...sqls],
    );
    const asPublished = Object.fromEntries(
      real.map(({ id, sql, interval, options }) => [
        id,
        { query: sql, ...(interval ? { interval } : {}), ...options },
      ]),
    );
    t.strictSame(
      load({ 'main.conf': { schedule: asPublished } }).problems.filter(
        ({ severity }) => severity === 'error',
      ),
      [],
    );
  },
);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { tables } from '../../../workers/tables/index.ts';
import { independentSources } from './independent-sources.ts';

/** So many tables at least. */
const enough = 40;

t.test('the values of many tables are compared with an independent source', async (t) => {
  const names = new Set(tables.map(({ name }) => name));
  const compared = independentSources.map(({ table }) => table);
  t.ok(compared.length >= enough, `${compared.length} tables`);
  t.strictSame(compared, [...new Set(compared)].toSorted(), 'each once, in alphabetical order');
  for (const { table, file, test } of independentSources) {
    const text = readFileSync(join(import.meta.dirname, '..', `${file}.test.ts`), 'utf8');
    t.ok(names.has(table), `${table} is a table`);
    t.ok(text.includes(`'${test}'`), `${file} has the test '${test}'`);
    t.match(
      text,
      new RegExp(`/${table}\\.ts'|\\b(?:FROM|JOIN) ${table}\\b|'${table}'`),
      `${file} reads ${table}`,
    );
  }
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import { tables } from '../../workers/tables/index.ts';

const text = readFileSync(new URL('../../docs/TABLES.md', import.meta.url), 'utf8');

/** Names in backticks in the first cell of each row of a table's section. */
const documented = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.slice(0, section.indexOf('\n')),
      [...section.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
      ),
    ]),
);

t.test("every column of Leash's own tables is described, and nothing else", async (t) => {
  const own = tables.filter(({ name }) => name.startsWith('leash_'));
  t.strictSame([...documented.keys()].toSorted(), own.map(({ name }) => name).toSorted());
  for (const { name, columns } of own) {
    t.strictSame(documented.get(name)?.toSorted(), Object.keys(columns).toSorted(), name);
  }
});

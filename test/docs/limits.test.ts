import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { budgetNames, budgetOfLevel } from '../../protocol/budget.ts';
import { limitOrigins } from '../../protocol/limits.ts';
import { flagSpecs } from '../../supervisor/config/flags.ts';
import { startFlags } from '../../supervisor/config/start-flags.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/LIMITS.md'), 'utf8');

/** Cells of the table row whose first cell is this name. */
const row = (name: string): readonly string[] | undefined =>
  page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find((cells) => cells[1] === `\`${name}\``);

t.test('every limit is there with its values of each level', async (t) => {
  for (const name of budgetNames) {
    const values = (['0', '1', '-1'] as const).map((level) => String(budgetOfLevel[level][name]));
    t.strictSame(row(name)?.slice(3, 6), values, name);
  }
});

t.test('every place that sets limits is there, the strongest first', async (t) => {
  const places = limitOrigins.map((origin) => page.indexOf(`\n| \`${origin}\` |`));
  t.ok(places.every((place) => place > 0));
  t.strictSame(
    places,
    places.toSorted((one, other) => other - one),
  );
});

t.test("every flag of osquery's watchdog is there, and every flag that waits for a restart", async (t) => {
  const flags = flagSpecs.filter(({ area }) => area === 'watchdog').map(({ name }) => name);
  t.equal(flags.length, 10);
  for (const name of flags) t.equal(row(name)?.length, 5, name);
  for (const name of startFlags) t.match(page, `\`${name}\``);
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '../..');

interface Row {
  readonly claim: string;
  readonly tests: readonly string[];
  readonly claimed: string;
}

/** Rows of the claim tables: four cells, the third with test files in backquotes. */
const rows: Row[] = readFileSync(join(root, 'docs/ASSURANCE.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, claim = '', , tests = '', claimed = '', ...rest] = line.split('|').map((cell) => cell.trim());
    const files = [...tests.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
    return files.length > 0 && rest.length === 1 ? [{ claim, tests: files, claimed }] : [];
  });

t.test('every claim names a test that exists', async (t) => {
  t.ok(rows.length > 30, 'the tables were found');
  for (const { claim, tests, claimed } of rows) {
    if (claimed === 'not claimed yet') continue;
    t.equal(claimed, 'yes', claim);
    for (const test of tests) t.ok(existsSync(join(root, test)), `${test}: ${claim}`);
  }
});

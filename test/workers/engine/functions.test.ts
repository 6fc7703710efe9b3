import { readFileSync } from 'node:fs';
import t from 'tap';
import { sharedPath } from '../../shared.ts';
import { openEngine } from '../harness.ts';

/** Functions that this engine has so far; the reference lists more. */
const ours = new Set(['split', 'regex_split', 'regex_match', 'concat', 'concat_ws', 'version_compare']);

interface Example {
  readonly sql: string;
  readonly result: unknown;
}

interface Reference {
  readonly functions: readonly { readonly names: readonly string[]; readonly examples: readonly Example[] }[];
  readonly collation_examples: readonly Example[];
}

const path = sharedPath('reference/sql-functions.json');

t.test(
  "osquery's functions and collations",
  { skip: path === undefined && 'no reference data' },
  async (t) => {
    const reference = JSON.parse(readFileSync(path ?? '', 'utf8')) as Reference;
    const { ask } = await openEngine([]);
    const examples = reference.functions
      .filter(({ names }) => names.some((name) => ours.has(name)))
      .flatMap((each) => each.examples)
      .concat(reference.collation_examples);
    t.ok(examples.length > 25);
    for (const { sql, result } of examples) {
      const answer = ask(`SELECT ${sql}`);
      if (typeof result === 'object' && result !== null && 'error' in result) {
        t.ok(answer.failure?.message.startsWith(String(result.error)), sql);
      } else t.strictSame(answer.cells, [[result]], sql);
    }
  },
);

t.test('REGEXP, soundex and the text form of a REAL', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(
    ask("SELECT 'abc' REGEXP 'b.$', 'abc' REGEXP '^b', NULL REGEXP 'x', concat(1.0, '|', 0.1, '|', 1e20)")
      .cells,
    [[1, 0, null, '1.0|0.1|1.0e+20']],
  );
  t.strictSame(ask("SELECT soundex('Robert'), soundex('Tymczak'), soundex('123'), soundex(NULL)").cells, [
    ['R163', 'T522', '?000', '?000'],
  ]);
  t.match(ask(`SELECT regex_match('a', '${'a'.repeat(257)}', 0)`).failure, {
    message: /max size is 256 bytes/,
  });
});

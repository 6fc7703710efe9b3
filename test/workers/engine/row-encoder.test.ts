import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { Cell } from '../../../protocol/cell.ts';
import { bigint, type Table, type TableValue, text } from '../../../protocol/table.ts';
import { assemble } from '../../../scripts/assemble.ts';
import { maxRow_bytes } from '../../../workers/engine/row-encoder.ts';
import { openEngine } from '../harness.ts';

const folder = join(import.meta.dirname, '../../../workers/engine');

t.test('row-writer.wasm is what its text says: else run node scripts/assemble-row-writer.ts', async (t) => {
  const assembled = await assemble(readFileSync(join(folder, 'row-writer.wat'), 'utf8'));
  t.ok(readFileSync(join(folder, 'row-writer.wasm')).equals(assembled));
});

/** An engine with one table of one column, which gives what `values` holds. */
const openColumn = async (
  column: ReturnType<typeof text> | ReturnType<typeof bigint>,
  values: readonly TableValue[],
) => {
  const table: Table = {
    name: 'given',
    description: 'what the test gives',
    columns: { value: column },
    generate: () => values.map((value) => ({ value })),
  };
  return openEngine([table]);
};

t.test('every character at every place of texts around the 16 bytes that are copied at once', async (t) => {
  const texts: string[] = [];
  for (const length of [1, 15, 16, 17, 33]) {
    for (let place = 0; place < length; place += 1) {
      for (let character = 0; character <= 0xff; character += 1) {
        const other = character % 2 === 0 ? ' ' : '~';
        texts.push(other.repeat(place) + String.fromCharCode(character) + other.repeat(length - place - 1));
      }
    }
  }
  const { ask } = await openColumn(text(), texts);
  const { cells } = ask('SELECT value FROM given');
  t.equal(cells.length, texts.length);
  t.strictSame(
    texts.filter((expected, row) => cells[row]?.[0] !== expected),
    [],
  );
});

t.test('integers of every size, as numbers while a double tells them exactly', async (t) => {
  const edges = [0n, 2n ** 53n, 2n ** 63n - 1n];
  for (let digits = 0n; digits <= 18n; digits += 1n) edges.push(10n ** digits);
  const around = edges.flatMap((edge) => [edge - 1n, edge, edge + 1n]).flatMap((value) => [value, -value]);
  const random = fc.sample(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { numRuns: 2000, seed: 1 });
  const narrow = random.map((value) => value >> 20n);
  const integers = [...around, ...random, ...narrow].filter((value) => BigInt.asIntN(64, value) === value);
  const { ask } = await openColumn(bigint(), integers);
  t.strictSame(
    ask('SELECT value FROM given').cells,
    integers.map((value): Cell[] => [
      Number.isSafeInteger(Number(value)) ? Number(value) : { int: String(value) },
    ]),
  );
});

t.test('the largest row of a frame, whatever stands at its end', async (t) => {
  const { ask } = await openEngine([]);
  const ends: readonly (readonly [sql: string, json: string])[] = [
    ['NULL', 'null'],
    ['7', '7'],
    ['-9007199254740991', '-9007199254740991'],
    ['9007199254740993', '{"int":"9007199254740993"}'],
    ['0.5', '{"real":0.5}'],
    ["''", '""'],
    ["'abc'", '"abc"'],
    ["'0123456789abcdef'", '"0123456789abcdef"'],
    ["'\"'", '"\\""'],
    ["'é'", '"é"'],
    ["x'00'", '{"blob":"AA=="}'],
    ["printf('%.*c', 200, char(10))", `"${'\\n'.repeat(200)}"`],
  ];
  for (const [sql, json] of ends) {
    // Before the row a bracket or comma; then its brackets, the quotes of the filling and a comma.
    const filling = maxRow_bytes - 1 - 2 - 2 - 1 - Buffer.byteLength(json);
    const [largest, larger] = [filling, filling + 1].map((length) =>
      ask(`SELECT printf('%.*c', ${length}, 'x'), ${sql}`),
    );
    t.equal(largest?.failure, undefined, `${sql} fits`);
    t.strictSame(largest?.cells[0]?.[1], JSON.parse(json));
    t.match(larger?.failure, { message: /a row is larger/ }, `${sql} and a byte more`);
  }
  t.strictSame(ask('SELECT 1').cells, [[1]], 'the engine goes on');
});

t.test('a column that only another statement has is NULL', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(ask("SELECT 1 AS a, 'x' AS b; SELECT 2 AS c, 3 AS a").cells, [
    [1, 'x', null],
    [3, null, 2],
  ]);
});

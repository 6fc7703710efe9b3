import t from 'tap';
import { bigint, defineTable, integer, type Table, type TableQuery, text } from '../../../protocol/table.ts';
import { openEngine } from '../harness.ts';

/** What each scan of the table under test was told. */
interface Told {
  readonly ids: readonly string[] | undefined;
  readonly paths: readonly string[] | undefined;
  readonly likes: readonly string[];
  readonly operators: readonly string[];
  readonly limit: number | undefined;
  readonly used: readonly string[];
}

const columns = {
  id: integer({ index: true, optimized: true }),
  path: text({ additional: true, aliases: ['location'] }),
  size: bigint({ additional: true }),
  plain: text(),
  name: text({ index: true, filled: true }),
} as const;

const spying = (): { table: Table; told: Told[]; pulled: () => number } => {
  const told: Told[] = [];
  let pulled = 0;
  const table = defineTable({
    name: 'things',
    description: 'a thing',
    columns,
    aliases: ['stuff'],
    *generate(query: TableQuery<typeof columns>) {
      told.push({
        ids: query.equals('id'),
        paths: query.equals('path'),
        likes: query.likes('path'),
        operators: [...query.constraints('path'), ...query.constraints('size')].map((each) => each.operator),
        limit: query.limit,
        used: Object.keys(columns).filter((name) => query.uses(name as keyof typeof columns)),
      });
      for (let id = 0; id < 100; id += 1) {
        pulled += 1;
        yield { id, path: `/p/${id % 10}`, size: id * 10, plain: `x${id}`, name: `n${id}` };
      }
    },
  });
  return { table: table as unknown as Table, told, pulled: () => pulled };
};

t.test('equality reaches the table, and SQLite still checks every row', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  const answer = ask("SELECT id FROM things WHERE path = '/p/3' AND plain = 'x13'");
  t.strictSame(answer.cells, [[13]]);
  t.match(told, [{ paths: ['/p/3'], ids: undefined }]);
});

t.test('an IN list of an optimized column arrives at once, of another column value by value', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  t.strictSame(ask('SELECT id FROM things WHERE id IN (7, 5, NULL, 7)').cells, [[5], [7]]);
  t.strictSame(
    told.map(({ ids }) => [...(ids ?? [])].sort()),
    [['5', '7']],
  );
  told.length = 0;
  ask("SELECT id FROM things WHERE path IN ('/p/1', '/p/2')");
  t.strictSame(
    told.map(({ paths }) => paths),
    [['/p/1'], ['/p/2']],
  );
});

t.test(
  'LIKE, GLOB and ranges on numbers are pushed, ranges on text and unkeyed columns are not',
  async (t) => {
    const { table, told } = spying();
    const { ask } = await openEngine([table]);
    ask("SELECT id FROM things WHERE path LIKE '/P/%' AND path GLOB '/p/*' AND size >= 20 AND size < 50");
    t.strictSame(told[0]?.likes, ['/P/%']);
    t.strictSame([...(told[0]?.operators ?? [])].sort(), ['<', '>=', 'GLOB', 'LIKE']);
    told.length = 0;
    const answer = ask("SELECT count(*) FROM things WHERE path > '/p/8' AND plain = 'x9'");
    t.strictSame(answer.cells, [[1]]);
    t.strictSame(told[0]?.operators, []);
  },
);

t.test('a comparison under another collation is left to SQLite', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  t.strictSame(ask("SELECT count(*) FROM things WHERE path = '/P/3' COLLATE NOCASE").cells, [[10]]);
  t.equal(told[0]?.paths, undefined);
});

t.test('only columns that are read count as used; an alias counts for its target', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  ask('SELECT count(*) FROM things');
  ask('SELECT plain FROM things WHERE size = 30');
  ask('SELECT location FROM things');
  t.strictSame(
    told.map(({ used }) => used),
    [[], ['size', 'plain'], ['path']],
  );
});

t.test('LIMIT is told only when the table alone decides which rows are wanted', async (t) => {
  const { table, told, pulled } = spying();
  const { ask } = await openEngine([table]);
  t.strictSame(ask('SELECT id FROM things LIMIT 2 OFFSET 3').cells, [[3], [4]]);
  t.ok(pulled() <= 6, 'a lazy table is not drained');
  for (const tail of ["WHERE plain = 'x1' LIMIT 2", 'ORDER BY plain LIMIT 2', 'WHERE id + 1 > 3 LIMIT 2']) {
    t.equal(ask(`SELECT id FROM things ${tail}`).failure, undefined);
  }
  t.strictSame(
    told.map(({ limit }) => limit),
    [5, undefined, undefined, undefined],
  );
});

t.test('a text that is compared with numbers is told as the number', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  for (const [value, id] of [
    ["'7'", '7'],
    ["'07'", '7'],
    ["' 7 '", '7'],
    ["'7.0'", '7'],
    ["'+.7e1'", '7'],
    ['7.0', '7'],
    ["'0x7'", '0x7'],
    ["'seven'", 'seven'],
    ["'9223372036854775807'", '9223372036854775807'],
  ] as const) {
    told.length = 0;
    const { cells } = ask(`SELECT id FROM things WHERE id = ${value}`);
    t.strictSame(told[0]?.ids, [id], value);
    t.strictSame(cells, id === '7' ? [[7]] : [], value);
  }
  told.length = 0;
  t.strictSame(ask("SELECT id FROM things WHERE id IN ('05', ' 6')").cells, [[5], [6]]);
  t.strictSame(told[0]?.ids, ['5', '6']);
  t.strictSame(ask("SELECT id FROM things WHERE path = '07'").cells, []);
  t.strictSame(told.at(-1)?.paths, ['07'], 'a text is a text');
});

t.test('NULL on the right side needs no scan; an empty text is no constraint for the table', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  t.strictSame(ask('SELECT id FROM things WHERE id = NULL').cells, []);
  t.strictSame(told, []);
  t.strictSame(ask("SELECT id FROM things WHERE path = ''").cells, []);
  t.match(told, [{ paths: undefined }]);
});

t.test('an empty text needs no scan in a column that is always filled', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  t.strictSame(ask("SELECT id FROM things WHERE name = '' AND path = '/p/1'").cells, []);
  t.strictSame(told, []);
  const joined = ask(
    "SELECT asked.name, id FROM (SELECT '' AS name UNION ALL SELECT 'n7' UNION ALL SELECT '') AS asked LEFT JOIN things USING (name)",
  );
  t.strictSame(joined.cells, [
    ['', null],
    ['n7', 7],
    ['', null],
  ]);
  t.equal(told.length, 1);
  t.equal(ask("SELECT id FROM things WHERE name LIKE ''").cells.length, 0);
  t.equal(told.length, 2, 'another comparison than = is none with an empty text');
});

t.test(
  'a join looks up what is equal, and does not search by a pattern or a range again and again',
  async (t) => {
    const { table, told } = spying();
    const others = defineTable({
      name: 'others',
      description: 'another thing',
      columns: { id: integer() },
      *generate() {
        for (let id = 0; id < 100; id += 5) yield { id };
      },
    });
    const { ask } = await openEngine([table, others as unknown as Table]);
    for (const [condition, rows] of [
      ["path LIKE '/p/%'", 20],
      ["path GLOB '/p/5'", 10],
      ['size > 500 AND size < 900', 7],
    ] as const) {
      told.length = 0;
      const { cells } = ask(`SELECT things.id FROM things JOIN others USING (id) WHERE ${condition}`);
      t.equal(cells.length, rows, condition);
      t.ok(
        told.every(({ ids }) => ids?.length === 1),
        'each scan is told whose row is wanted',
      );
    }
  },
);

t.test('an OR over two keys shows each row once, also rows of equal keys', async (t) => {
  const { table, told } = spying();
  const { ask } = await openEngine([table]);
  const answer = ask("SELECT id FROM things WHERE path = '/p/3' OR size = 130 OR size = 200 ORDER BY id");
  t.ok(told.length > 1, 'the statement really used one scan for each branch');
  t.strictSame(
    answer.cells.map(([id]) => id),
    [3, 13, 20, 23, 33, 43, 53, 63, 73, 83, 93],
  );
});

t.test('rows of one key that differ elsewhere are all kept by an OR', async (t) => {
  let scans = 0;
  const twins = defineTable({
    name: 'twins',
    description: 'rows that share their key',
    columns: { key: integer({ index: true }), group: integer({ index: true }), port: integer() },
    generate: () => {
      scans += 1;
      return [1, 2, 3, 4].map((port) => ({ key: 5, group: 6, port }));
    },
  });
  const { ask } = await openEngine([twins as unknown as Table]);
  const sql =
    'SELECT port FROM twins WHERE (key = 5 AND port = 1) OR ("group" = 6 AND port = 3) OR (key = 5 AND port < 2)';
  t.strictSame(ask(sql).cells, [[1], [3]]);
  t.equal(scans, 3, 'the statement really used one scan for each branch');
});

t.test('aliases: columns are hidden, tables are views', async (t) => {
  const { table } = spying();
  const { ask } = await openEngine([table]);
  t.strictSame(
    ask('SELECT * FROM stuff WHERE id = 1').columns?.map(({ name }) => name),
    ['id', 'path', 'size', 'plain', 'name'],
  );
  t.strictSame(ask("SELECT id FROM things WHERE location = '/p/1' LIMIT 1").cells, [[1]]);
});

t.test('a join finds the order that gives the required column', async (t) => {
  const { table } = spying();
  const needy = defineTable({
    name: 'needy',
    description: 'needs a path',
    columns: { path: text({ required: true }), size: bigint({ index: true }) },
    generate: (query) => (query.equals('path') ?? []).map((path) => ({ path, size: 30 })),
  });
  const { ask } = await openEngine([needy as unknown as Table, table]);
  const answer = ask('SELECT n.path FROM needy n JOIN things t ON n.path = t.path AND t.size = n.size');
  t.strictSame(answer.cells, [['/p/3']]);
  const failed = ask('SELECT * FROM needy');
  t.match(failed.failure, { reason: 'missing_required', message: /Table needy .*"path".*for example: / });
  t.strictSame(ask('SELECT 1').cells, [[1]]);
});

import fc from 'fast-check';
import t from 'tap';
import { sqlHints } from '../../../cli/why/sql-hints.ts';
import { sqlTokens } from '../../../cli/why/sql-tokens.ts';
import type { LimitName } from '../../../protocol/budget.ts';

const hints = (sql: string, limit: LimitName = 'cpu_ms'): string => sqlHints(sql, limit).join('\n');

t.test('tables that nothing ties together', async (t) => {
  const free = /joins .* without a condition/;
  for (const sql of [
    'SELECT * FROM processes, users',
    'SELECT * FROM processes p, users AS u ORDER BY 1',
    'SELECT * FROM processes CROSS JOIN users',
    'SELECT * FROM "processes" JOIN [users]',
    'SELECT 1 FROM a WHERE x IN (SELECT y FROM b, c)',
    'SELECT 1 FROM a, b -- WHERE a.x = b.x\n',
    "SELECT ' WHERE ' FROM a, b",
  ]) {
    t.match(hints(sql), free, sql);
  }
  for (const sql of [
    'SELECT * FROM processes',
    'SELECT * FROM processes, users WHERE processes.uid = users.uid',
    'SELECT * FROM processes JOIN users USING (uid)',
    'SELECT * FROM processes JOIN users ON users.uid = processes.uid',
    'SELECT * FROM processes NATURAL JOIN users',
    'SELECT * FROM a, json_each(a.list)',
    'SELECT * FROM a, (SELECT 1)',
    'SELECT x IS DISTINCT FROM y, z FROM a',
    "SELECT 'FROM a, b'",
    'SELECT 1 FROM a UNION SELECT 1, 2 FROM b',
  ]) {
    t.notMatch(hints(sql), free, sql);
  }
  t.match(hints('SELECT 1 FROM a x, a y, b', 'paths'), "'a' (2 times) and 'b'");
});

t.test('a recursion without an end in sight', async (t) => {
  const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
  t.match(hints(endless), /WITH RECURSIVE/);
  t.equal(hints(`${endless} LIMIT 5`), '');
  t.equal(hints(endless, 'paths'), '', 'which reads no file');
});

t.test('a pattern that goes down all directories', async (t) => {
  const sql = "SELECT * FROM file WHERE path LIKE '/%%' OR path LIKE '/etc/%%' OR path LIKE '/srv/%'";
  for (const limit of ['cpu_ms', 'wall_ms', 'read_mb', 'paths'] as const) {
    t.match(hints(sql, limit), "'/%%' visits every directory below '/'");
    t.match(hints(sql, limit), "below '/etc/'");
    t.notMatch(hints(sql, limit), '/srv');
  }
  t.equal(hints(sql, 'memory_mb'), '');
});

t.test('what keeps rows in memory, and what asks for all', async (t) => {
  t.match(hints('SELECT group_concat(path) FROM file', 'memory_mb'), /group_concat\(\) gathers/);
  t.match(hints('SELECT 1 FROM a ORDER BY 1', 'memory_mb'), /ORDER BY without LIMIT/);
  t.equal(hints('SELECT 1 FROM a ORDER BY 1 LIMIT 3', 'memory_mb'), '');
  t.match(hints('SELECT * FROM processes', 'rows'), /asks for every row/);
  t.equal(hints('SELECT * FROM processes WHERE pid = 1', 'rows'), '');
});

t.test('any text has tokens, and hints or none', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (sql) => {
      sqlHints(sql, 'cpu_ms');
      return sqlTokens(sql).every(({ value, kind }) => value !== '' || kind === 'text' || kind === 'name');
    }),
  );
  t.strictSame(sqlTokens("SELECT 'it''s' /* no */ \"a b\"[c]-1;"), [
    { kind: 'word', value: 'select' },
    { kind: 'text', value: "it's" },
    { kind: 'name', value: 'a b' },
    { kind: 'name', value: 'c' },
    { kind: 'mark', value: '-' },
    { kind: 'word', value: '1' },
    { kind: 'mark', value: ';' },
  ]);
});

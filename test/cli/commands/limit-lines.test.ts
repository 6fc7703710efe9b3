import t from 'tap';
import { limitLines } from '../../../cli/commands/limit-lines.ts';
import type { QueryLimit } from '../../../protocol/control.ts';

const limitOf = (query: string, value = 3000, until_unix_ms: number | null = null): QueryLimit => ({
  query,
  limit: 'cpu_ms',
  value,
  origin: until_unix_ms === null ? 'config' : 'override',
  until_unix_ms,
});

t.test('a limit that many queries have takes one line', async (t) => {
  const four = ['a', 'b', 'c', 'd'].map((name) => limitOf(name));
  t.strictSame(limitLines(four, 4), ['limit     cpu_ms 3000 (config): all 4 queries']);
  t.strictSame(limitLines(four, 5), ['limit     cpu_ms 3000 (config): a, b, c and 1 more']);
  t.strictSame(limitLines(four.slice(0, 3), 3), ['limit     cpu_ms 3000 (config): a, b, c'], 'few are named');
  t.strictSame(limitLines([], 5), []);
});

t.test('limits that differ in value or end have lines of their own', async (t) => {
  t.strictSame(limitLines([limitOf('a'), limitOf('b', 500), limitOf('c', 500, 0), limitOf('d')], 4), [
    'limit     cpu_ms 3000 (config): a, d',
    'limit     cpu_ms 500 (config): b',
    'limit     cpu_ms 500 (override until 1970-01-01T00:00:00.000Z): c',
  ]);
});

import t from 'tap';
import { duration, future, past, shellWord, size, span } from '../../../cli/why/words.ts';

t.test('times and amounts in words', async (t) => {
  const spans = [0, 40, 999, 1_000, 59_600, 90_000, 3_600_000, 86_400_000, 3 * 86_400_000].map(span);
  t.strictSame(spans, ['0 ms', '40 ms', '1 s', '1 s', '1 min', '2 min', '1 h', '1 day', '3 days']);
  t.strictSame([0, 12.34, 999, 1_000, 10_900].map(duration), ['0 ms', '12.3 ms', '999 ms', '1 s', '10.9 s']);
  t.strictSame([0, 500, 4_096, 2 ** 20, 200.8 * 2 ** 20].map(size), [
    '0 KB',
    '0 KB',
    '4 KB',
    '1 MB',
    '201 MB',
  ]);
  t.equal(past(1_000, 61_000), '1970-01-01T00:00:01Z (1 min ago)');
  t.equal(past(61_000, 1_000), '1970-01-01T00:01:01Z (0 ms ago)', 'a clock that was set back');
  t.equal(future(61_000, 1_000), '1970-01-01T00:01:01Z (in 1 min)');
});

t.test('a name is one word of a shell', async (t) => {
  t.equal(shellWord('pack_it_users'), 'pack_it_users');
  t.equal(shellWord("it's"), "'it'\\''s'");
  for (const name of ['', 'a b', '$(id)', '`id`', 'a;b', '-rf', 'ünder']) {
    t.equal(shellWord(name), `'${name}'`);
  }
});

import t from 'tap';
import { parseRfc3339 } from '../../../workers/parsers/rfc3339.ts';

t.test('times with and without fractions and offsets', async (t) => {
  t.equal(parseRfc3339('1970-01-01T00:00:00Z'), 0n);
  t.equal(parseRfc3339('2024-01-02T03:04:05.123456789Z'), 1_704_164_645_123_456_789n);
  t.equal(parseRfc3339('2024-01-02T03:04:05.1+02:00'), 1_704_157_445_100_000_000n);
  t.equal(parseRfc3339('2024-01-02T03:04:05-01:30'), 1_704_170_045_000_000_000n);
  t.equal(parseRfc3339('2024-01-02T03:04:05.1234567891Z'), 1_704_164_645_123_456_789n, 'more digits are cut');
});

t.test('what is no time', async (t) => {
  for (const text of [
    '',
    '0001-01-01T00:00:00Z',
    'yesterday',
    '2024-01-02',
    '2024-01-02T03:04:05',
    'x'.repeat(1e5),
  ]) {
    t.equal(parseRfc3339(text), undefined, text.slice(0, 30));
  }
});

import t from 'tap';
import { maxKey_chars } from '../../../protocol/supervisor-tables.ts';
import { leashSamples } from '../../../workers/tables/leash_samples.ts';
import { scan } from './run-table.ts';

const verdictOf = (verdict_id: string, query_name: string) => ({
  verdict_id,
  lease_id: `lease-${verdict_id}`,
  query_name,
});

const sampleOf = (verdict_id: string, query_name: string, at_ms: number) => ({
  ...verdictOf(verdict_id, query_name),
  at_ms,
  cpu_ms: at_ms / 2,
  growth_bytes: 4096,
  read_bytes: at_ms,
});

const one = [sampleOf('1', 'hog', 0), sampleOf('1', 'hog', 10)];
const two = [sampleOf('2', 'other', 5)];
const three = { ...sampleOf('3', 'hog', 7), read_bytes: null };

const supervisor = {
  answers: { leash_samples: [verdictOf('3', 'hog'), verdictOf('2', 'other'), verdictOf('1', 'hog')] },
  keyed: { '1': one, '2': two, '3': [three] },
};

t.test(
  'the samples of each verdict come from an answer of their own, the newest verdict first',
  async (t) => {
    const { read_bytes: _unknown, ...withoutReads } = three;
    t.strictSame(scan(leashSamples, supervisor).rows, [withoutReads, ...two, ...one]);
    t.strictSame(scan(leashSamples).rows, [], 'without verdicts nothing');
  },
);

t.test('only what a statement asks for is fetched', async (t) => {
  const rows = (equals: Readonly<Record<string, readonly string[]>>) =>
    scan(leashSamples, { ...supervisor, equals }).rows.map((row) => [row.verdict_id, row.at_ms]);
  t.strictSame(rows({ query_name: ['other'] }), [['2', 5]]);
  t.strictSame(rows({ lease_id: ['lease-3'] }), [['3', 7]]);
  t.strictSame(rows({ lease_id: ['lease-3'], query_name: ['other'] }), []);
  t.strictSame(rows({ verdict_id: ['2', 'unknown'] }), [['2', 5]]);
  const long = 'x'.repeat(maxKey_chars + 1);
  const keyed = { ...supervisor.keyed, [long]: one };
  t.strictSame(
    scan(leashSamples, { ...supervisor, keyed, equals: { verdict_id: [long] } }).rows,
    [],
    'no id is that long, and the supervisor would take the question for a broken channel',
  );
});

import { maxKey_chars } from '../../protocol/supervisor-tables.ts';
import { bigint, defineTable, double, type Table, type TableQuery, text } from '../../protocol/table.ts';
import { rowOf } from '../host/supervisor-table.ts';

const columns = {
  verdict_id: text({ index: true }),
  lease_id: text({ index: true }),
  query_name: text({ index: true }),
  at_ms: double(),
  cpu_ms: double(),
  growth_bytes: bigint(),
  read_bytes: bigint(),
  processes: bigint(),
  descriptors: bigint(),
} as const;

type Columns = typeof columns;

/** The supervisor is asked for one verdict's samples at a time, so that none of its answers is long. */
export const leashSamples: Table = defineTable<Columns>({
  name: 'leash_samples',
  description: 'What a run had cost from its grant to its verdict: the evidence of the newest verdicts.',
  columns,
  *generate(query) {
    for (const verdictId of verdictIds(query)) {
      for (const sample of query.askSupervisor('leash_samples', verdictId)) yield rowOf(columns, sample);
    }
  },
});

/** The verdicts that a statement asks for: those it names, else all that fit its other constraints. */
const verdictIds = (query: TableQuery<Columns>): readonly string[] => {
  const named = query.equals('verdict_id');
  if (named !== undefined) return named.filter(({ length }) => length <= maxKey_chars);
  const leases = query.equals('lease_id');
  const names = query.equals('query_name');
  return query.askSupervisor('leash_samples').flatMap(({ verdict_id, lease_id, query_name }) => {
    const wanted =
      (leases?.includes(String(lease_id)) ?? true) && (names?.includes(String(query_name)) ?? true);
    return wanted && typeof verdict_id === 'string' ? [verdict_id] : [];
  });
};

import t from 'tap';
import { boundedTable, type HostTable } from '../../../extensions/hostinfo/host-table.ts';
import { rowsOf } from '../../../extensions/rows-of.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { text } from '../../../protocol/table.ts';

/** A host that answers when it is told to. */
const slowHost = (): { readonly table: HostTable; readonly answers: ((name: string) => void)[] } => {
  const answers: ((name: string) => void)[] = [];
  const table: HostTable = {
    name: 'si_slow',
    description: '',
    columns: { name: text() },
    read: () => new Promise((resolve) => answers.push(resolve)),
    rows: (name) => [{ name: String(name) }],
  };
  return { table, answers };
};

/** Until what was asked has reached the host. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('an answer that is late fails the query, and is waited for by the next one', async (t) => {
  const clock = new SimulatedClock();
  const { table, answers } = slowHost();
  const said: string[] = [];
  const bounded = boundedTable(table, {
    clock,
    deadline_ms: 2500,
    progress: (message) => said.push(message),
  });
  const refused = t.rejects(rowsOf(bounded), { message: /did not answer within 2500 ms/ });
  await turn();
  await clock.advance(2499);
  t.strictSame(said, ['si_slow has waited for 1 s', 'si_slow has waited for 2 s']);
  await clock.advance(1);
  await refused;
  await clock.advance(60_000);
  t.equal(said.length, 2, 'nobody waits any more');
  const second = rowsOf(bounded);
  const third = rowsOf(bounded);
  await turn();
  t.equal(answers.length, 1, 'the host is asked once');
  answers[0]?.('late');
  t.strictSame(await Promise.all([second, third]), [[{ name: 'late' }], [{ name: 'late' }]]);
  const fourth = rowsOf(bounded);
  await turn();
  t.equal(answers.length, 2, 'and then anew');
  answers[1]?.('new');
  t.strictSame(await fourth, [{ name: 'new' }]);
});

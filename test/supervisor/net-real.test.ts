import t from 'tap';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { startRealHost } from '../offenders/real-host.ts';
import { httpPeer } from '../workers/net/peers.ts';

const budget = budgetOfLevel['0'];

t.test('a server that hangs ends at the deadline of its query and hurts only that one', async (t) => {
  const hanging = await httpPeer(t, () => {});
  const quick = await httpPeer(t, (_, response) => response.end('here'));
  const host = await startRealHost({ lanes: 3 });
  t.teardown(() => host.stop());
  const closed = hanging.closed();
  const ask = (url: string, wall_ms: number) =>
    host.run(`SELECT result FROM curl WHERE url = '${url}'`, { ...budget, wall_ms });
  const [stuck, ...others] = await Promise.all([
    // Ended from outside a tenth later: so long that its worker gets a turn before, on a busy host, too.
    ask(hanging.url, 10_000),
    ask(quick.url, 30_000),
    host.run('SELECT count(*) FROM processes', budget),
  ]);
  t.match(stuck.outcome.failure, { reason: 'limit', limit: 'wall_ms' });
  t.match(stuck.verdicts, [{ kind: 'fail', reason: 'wall_ms' }]);
  for (const { outcome, verdicts } of others) {
    t.equal(outcome.failure, undefined);
    t.strictSame(verdicts, []);
  }
  await closed;
  const again = await ask(quick.url, 30_000);
  t.equal(again.outcome.failure, undefined, 'workers that may open sockets go on');
  t.equal(again.outcome.cost.rows, 1);
});

t.test('a query that is cancelled while it waits takes its connection with it', async (t) => {
  let arrived = (): void => {};
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const hanging = await httpPeer(t, () => arrived());
  const host = await startRealHost({ lanes: 1 });
  const run = host.run(`SELECT * FROM curl WHERE url = '${hanging.url}'`, budget);
  await asked;
  const closed = hanging.closed();
  await host.stop();
  await closed;
  t.match((await run).outcome.failure, { reason: 'stopping' });
});

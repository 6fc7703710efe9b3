import t from 'tap';
import type { ProcessHost } from '../../platform/process-host.ts';
import { startLife } from '../simulation/simulated-supervisor.ts';

/** A life whose host starts no process until it is told to. */
const barrenLife = async (failedStartsMost?: number) => {
  const life = await startLife(failedStartsMost === undefined ? {} : { failedStartsMost });
  const host = life.host.processHost as { spawnWorker: ProcessHost['spawnWorker'] };
  const { spawnWorker } = host;
  host.spawnWorker = () => ({ ok: false, error: { reason: 'spawn_failed', message: 'no room' } });
  return { life, mend: () => (host.spawnWorker = spawnWorker) };
};

t.test('who asks without a daemon learns that no worker can be started', async (t) => {
  const { life, mend } = await barrenLife(3);
  const asked = life.ask('one');
  await life.clock.advance(60_000);
  t.match(await asked, {
    failure: { reason: 'worker_died', message: 'No worker could be started, 3 times in a row.' },
  });
  mend();
  const again = life.ask('one');
  await life.clock.advance(60_000);
  t.notOk((await again).failure, 'the next one is tried all the same');
});

t.test('a daemon keeps what waits until a worker can be started', async (t) => {
  const { life, mend } = await barrenLife();
  let failure: unknown = 'none yet';
  const asked = life.ask('one').then((outcome) => (failure = outcome.failure));
  await life.clock.advance(600_000);
  t.equal(failure, 'none yet');
  mend();
  await life.clock.advance(600_000);
  await asked;
  t.equal(failure, undefined);
});

/** Two daemons of one host, each with its own state, start the same extension: neither touches what is the other's. */
import { join } from 'node:path';
import t from 'tap';
import { isGone, livingMarked } from '../extensions/marked-processes.ts';
import { whyNoGround } from '../supervisor/extensions/ground.ts';
import { makeHome, type RunningDaemon, startDaemon, until } from './daemon-harness.ts';
import { reader, start } from './extension-harness.ts';

/** The extension and the program that it left in a session of its own. */
const familyOf = async ({ pid }: RunningDaemon): Promise<readonly number[]> => {
  const family = (): readonly number[] => livingMarked(`OSQUERY_EXTENSION=${pid}`);
  await until(() => livingMarked(`OSQUERY_EXTENSION=${pid}`, 'sleep').length > 0);
  return family();
};
const areAlive = (pids: readonly number[]): boolean => pids.length > 1 && !pids.some(isGone);
const areGone = (pids: readonly number[]): boolean => pids.every(isGone);

t.test('two daemons with one extension', { skip: whyNoGround() ?? false }, async (t) => {
  const life = await start(t, { extensions: { shared: { name: 'shared', daemonises: true } } });
  const home = makeHome({});
  t.teardown(() => home.remove());
  const startOther = async (): Promise<RunningDaemon> => {
    const others = `--extensions_socket=${join(home.state, 'others.em')}`;
    const daemon = await startDaemon(home, [...life.flags, others]);
    t.teardown(() => daemon.end('SIGTERM'));
    await reader(daemon).lines(/'shared' registered as/, 1);
    return daemon;
  };
  await life.lines(/'shared' registered as/, 1);
  const one = await familyOf(life.daemon);
  const other = await startOther();
  const two = await familyOf(other);
  t.strictSame([areAlive(one), areAlive(two)], [true, true]);
  for (const daemon of [life.daemon, other]) {
    t.strictSame(await daemon.ask('SELECT n FROM shared'), [{ n: '1' }]);
    t.match(await reader(daemon).row('shared'), { state: 'serving', processes: '2', restarts: '0' });
  }
  await life.daemon.end('SIGKILL');
  await other.end('SIGKILL');
  const oneAgain = await startDaemon(life.home, life.flags);
  t.teardown(() => oneAgain.end('SIGTERM'));
  await until(() => areGone(one));
  await reader(oneAgain).lines(/'shared' registered as/, 1);
  t.ok(areAlive(two), 'what another dead daemon left is for its own next life');
  const ofAgain = await familyOf(oneAgain);
  const otherAgain = await startOther();
  await until(() => areGone(two));
  t.ok(areAlive(ofAgain), 'a start ends nothing of a living one');
  await reader(otherAgain).row('shared');
  const ofOther = await familyOf(otherAgain);
  await otherAgain.end('SIGTERM');
  t.strictSame([areGone(ofOther), areAlive(ofAgain)], [true, true], 'nor does a stop');
  t.match(await reader(oneAgain).row('shared'), { state: 'serving', restarts: '0' });
  t.strictSame(await oneAgain.ask('SELECT n FROM shared'), [{ n: '1' }]);
});

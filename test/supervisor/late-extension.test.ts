/** Runs that wait for an extension and that the supervisor has to end, since their worker does not: in simulation. */
import t from 'tap';
import type { ProcessHost } from '../../platform/process-host.ts';
import type { ExtensionWaits } from '../../protocol/extension/waits.ts';
import { ExtensionRoster } from '../../supervisor/extensions/life/extension-roster.ts';
import type { Registration } from '../../supervisor/extensions/registry.ts';
import { type Conduct, quick } from '../simulation/simulated-host.ts';
import { type Life, startLife } from '../simulation/simulated-supervisor.ts';

const endless: Conduct = { ...quick, runs_ms: Number.POSITIVE_INFINITY, cpu: 0 };
const wait = { uuid: 4, calls: 1, waited_ms: 20_000 };
const slowpoke: Registration = {
  uuid: 4,
  door: { path: '/run/em', kind: 'managed' },
  info: { name: 'slowpoke', version: '', sdkVersion: '', minSdkVersion: '' },
  socketDueAt_ms: 0,
  plugins: [],
  tables: [],
  away: new Map(),
};

/** A life whose workers say this of their waits as soon as they are asked; what became of one query, and who was blamed. */
const lived = async (told: readonly ExtensionWaits[]) => {
  const blamed: unknown[] = [];
  const extensions = new ExtensionRoster();
  extensions.attach(new Map([[4, slowpoke]]));
  extensions.listen({
    reads: () => undefined,
    hung: (uuid, { sql }, { reason, limit }) => blamed.push({ uuid, sql, reason, limit }),
  });
  const life = await startLife({ conducts: { stuck: endless }, extensions });
  saying(life, told);
  const asked = life.ask('stuck');
  await life.clock.advance(60_000);
  const outcome = await asked;
  const verdicts = life.steps.flatMap((step) =>
    step.type === 'said' && step.event.type === 'verdict' ? [step.event.verdict] : [],
  );
  return { outcome, blamed, verdicts, workers: life.supervisor.roster.entries().length };
};

const saying = (life: Life, told: readonly ExtensionWaits[]): void => {
  const host = life.host.processHost as { spawnWorker: ProcessHost['spawnWorker'] };
  const { spawnWorker } = host;
  host.spawnWorker = (profile, listener) => {
    const spawned = spawnWorker(profile, listener);
    if (!spawned.ok) return spawned;
    const process = spawned.value;
    const send = process.send.bind(process);
    process.send = (message) => {
      send(message);
      if (message.type !== 'query') return;
      const { leaseId } = message;
      for (const waits of told)
        life.clock.after(1, () => listener.message({ type: 'waits', leaseId, waits }));
    };
    return spawned;
  };
};

t.test('the extension is blamed, the query is not', async (t) => {
  const { outcome, blamed, verdicts, workers } = await lived([{ extensions: [wait], standing: wait }]);
  t.match(outcome.failure, {
    reason: 'table_error',
    message: /^extension "slowpoke" did not answer within 20000 of/,
  });
  t.strictSame(blamed, [{ uuid: 4, sql: 'stuck', reason: 'wall_ms', limit: 30_000 }]);
  t.strictSame(verdicts, []);
  t.equal(workers, 0, 'its worker was killed');
});

t.test('many calls that took the time together are nobody’s fault', async (t) => {
  const { outcome, blamed, verdicts } = await lived([{ extensions: [{ ...wait, calls: 9_000 }] }]);
  t.match(outcome.failure, {
    reason: 'table_error',
    message: /^calls of extension "slowpoke" took 20000 of/,
  });
  t.strictSame([blamed, verdicts], [[], []]);
});

t.test('one that has answered meanwhile and did not take the time is not blamed', async (t) => {
  const { outcome, blamed, verdicts } = await lived([
    { extensions: [wait], standing: wait },
    { extensions: [{ ...wait, waited_ms: 10 }] },
  ]);
  t.match(outcome.failure, { reason: 'killed', message: /wall_ms/ });
  t.strictSame(blamed, []);
  t.match(verdicts, [{ kind: 'kill', reason: 'wall_ms' }]);
});

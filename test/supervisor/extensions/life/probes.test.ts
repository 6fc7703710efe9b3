/** What is pinged and when, on a simulated clock; the socket is a double that says what a test wants. */
import t, { type Test } from 'tap';
import { createActorSystem } from '../../../../actors/index.ts';
import type { CallFailure, ExtensionClient } from '../../../../platform/extension-wire.ts';
import { seededRandom } from '../../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../../platform/simulated-clock.ts';
import type { Answers } from '../../../../protocol/extension/calls.ts';
import { fail, ok, type Result } from '../../../../protocol/result.ts';
import { type ProbeMessage, probes } from '../../../../supervisor/extensions/life/probes.ts';
import type { ManagerMessage } from '../../../../supervisor/extensions/manager.ts';
import type { Registration } from '../../../../supervisor/extensions/registry.ts';

const registration: Registration = {
  uuid: 7,
  door: { path: '/door', kind: 'managed' },
  info: { name: 'probe', version: '', sdkVersion: '', minSdkVersion: '' },
  socketDueAt_ms: 0,
  plugins: [],
  tables: [],
  away: new Map(),
};

type Answer = Result<Answers['ping'], CallFailure>;

const pong: Answer = ok({ code: 0, message: 'pong', uuid: 7 });
const nobody: Answer = fail({ reason: 'no_listener', message: 'nobody listens' });

/** Pings every 200 ms; a socket that never was there has 3 s. */
const setUp = (t: Test, answer: () => Answer | Promise<Answer>) => {
  const clock = new SimulatedClock();
  const system = createActorSystem({ clock, random: seededRandom(1) });
  t.teardown(() => system.stop());
  const pings: string[] = [];
  const gone: ManagerMessage[] = [];
  const client = {
    call: async (path: string) => {
      pings.push(path);
      return await answer();
    },
  } as unknown as ExtensionClient;
  const manager = system.spawn('manager', {
    init: () => undefined,
    receive: (_, message: ManagerMessage) => void gone.push(message),
  });
  const prober = system.spawn(
    'probes',
    probes({
      client,
      manager,
      interval_ms: 200,
      timeout_ms: 3_000,
      answer_ms: 300_000,
      log: () => undefined,
    }),
  );
  const tell = (message: ProbeMessage): void => void prober.tell(message);
  tell({ type: 'attached', registration });
  return { clock, pings, gone, tell };
};

t.test('every interval, at the socket of the route', async (t) => {
  const { clock, pings, gone } = setUp(t, () => pong);
  await clock.advance(1_000);
  t.strictSame(pings, ['/door.7', '/door.7', '/door.7', '/door.7', '/door.7'].slice(0, pings.length));
  t.ok(pings.length >= 4);
  t.strictSame(gone, []);
});

t.test('one failed ping after the socket was there takes it off; before that it has its time', async (t) => {
  let answer: Answer = nobody;
  const { clock, gone } = setUp(t, () => answer);
  await clock.advance(500);
  t.strictSame(gone, []);
  answer = pong;
  await clock.advance(400);
  answer = nobody;
  await clock.advance(400);
  t.strictSame(gone, [{ type: 'gone', uuid: 7 }]);
});

t.test('a socket that does not come in time, or that answers nonsense, is taken off', async (t) => {
  const late = setUp(t, () => nobody);
  await late.clock.advance(3_500);
  t.strictSame(late.gone, [{ type: 'gone', uuid: 7 }]);
  const wrong = setUp(t, () => fail({ reason: 'bad_answer', message: 'no answer' }));
  await wrong.clock.advance(300);
  t.strictSame(wrong.gone, [{ type: 'gone', uuid: 7 }]);
});

t.test(
  'one that is busy is waited for, with one ping at a time; one that is detached is not pinged',
  async (t) => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { clock, pings, gone, tell } = setUp(t, () => promise);
    await clock.advance(10_000);
    t.equal(pings.length, 1);
    t.strictSame(gone, []);
    tell({ type: 'detached', uuid: 7 });
    resolve(nobody);
    await clock.advance(10_000);
    t.equal(pings.length, 1);
    t.strictSame(gone, [], "what it answered then is nobody's concern");
  },
);

/** What is pinged and when, on a simulated clock; the socket is a double that says what a test wants. */
import t, { type Test } from 'tap';
import { createActorSystem } from '../../../../actors/index.ts';
import type { CallFailure, ExtensionClient } from '../../../../platform/extension-wire.ts';
import { seededRandom } from '../../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../../platform/simulated-clock.ts';
import type { Answers, SentCall } from '../../../../protocol/extension/calls.ts';
import { type ExtensionResponse, failedResponse } from '../../../../protocol/extension/types.ts';
import { fail, ok, type Result } from '../../../../protocol/result.ts';
import { integer } from '../../../../protocol/table.ts';
import { type ProbeMessage, probes } from '../../../../supervisor/extensions/life/probes.ts';
import type { ManagerMessage } from '../../../../supervisor/extensions/manager.ts';
import type { Registration } from '../../../../supervisor/extensions/registry.ts';
import { oneRow } from '../../../extensions/manager-harness.ts';

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

/** The same with these tables, and these loggers. */
const bringing = (tables: readonly string[], loggers: readonly string[] = []): Registration => ({
  ...registration,
  plugins: [
    ...tables.map((name) => ({ registry: 'table', name })),
    ...loggers.map((name) => ({ registry: 'logger', name })),
  ],
  tables: tables.map((name) => ({
    name,
    columns: [{ name: 'n', column: integer() }],
    aliases: [],
    attributes: new Set(),
  })),
});

type Told = Result<ExtensionResponse, CallFailure>;

const columns: Told = ok(oneRow({ id: 'column', name: 'n', type: 'INTEGER', op: '0' }));
const otherColumns: Told = ok(oneRow({ id: 'column', name: 'm', type: 'INTEGER', op: '0' }));
const refused: Told = ok(failedResponse('unknown table'));
const silence: Told = fail({ reason: 'deadline', message: 'it said nothing' });

/** Pings every 200 ms; a socket that never was there has 3 s. `columnsOf`: what a table tells of its columns. */
const setUp = (
  t: Test,
  answer: () => Answer | Promise<Answer>,
  attached = registration,
  columnsOf: (table: string) => Told | Promise<Told> = () => columns,
) => {
  const clock = new SimulatedClock();
  const system = createActorSystem({ clock, random: seededRandom(1) });
  t.teardown(() => system.stop());
  const pings: string[] = [];
  const gone: ManagerMessage[] = [];
  const asked: string[] = [];
  const log: string[] = [];
  const client = {
    call: async (path: string, call: SentCall) => {
      if (call.method !== 'call') {
        pings.push(path);
        return await answer();
      }
      const { registry, item, request } = call;
      asked.push(`${registry} ${item} ${[...request]}`);
      return await columnsOf(item);
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
      log: (_, message) => void log.push(message),
    }),
  );
  const tell = (message: ProbeMessage): void => void prober.tell(message);
  tell({ type: 'attached', registration: attached });
  return { clock, pings, asked, log, gone, tell };
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

t.test('after each ping one table is asked for its columns, in turn', async (t) => {
  const { clock, pings, asked, gone, log } = setUp(t, () => pong, bringing(['a', 'b']));
  await clock.advance(1_100);
  t.equal(asked.length, pings.length);
  const turns = ['table a action,columns', 'table b action,columns', 'table a action,columns'];
  t.strictSame(asked.slice(0, 3), turns);
  t.strictSame([gone, log], [[], []]);
});

t.test('a table that is gone is taken off alone, told once, and comes back', async (t) => {
  let ofB: Told = columns;
  const { clock, gone, log } = setUp(
    t,
    () => pong,
    bringing(['a', 'b']),
    (table) => (table === 'b' ? ofB : columns),
  );
  await clock.advance(500);
  for (const miss of [refused, silence]) {
    gone.splice(0);
    log.splice(0);
    ofB = miss;
    await clock.advance(3_000);
    t.match(gone, [{ type: 'away', uuid: 7 }]);
    const [away] = gone;
    const tables = away?.type === 'away' ? away.tables : new Map<string, number>();
    t.strictSame([...tables.keys()], ['b']);
    const since_ms = clock.unixMs() - (tables.get('b') ?? 0);
    t.ok(since_ms > 0 && since_ms < 3_000, 'since when');
    t.match(log, [
      /^Table 'b' of extension 'probe' is taken off: it told no columns twice in a row \(.+\)\.$/,
    ]);
    ofB = columns;
    await clock.advance(1_000);
    t.strictSame(gone.slice(1), [{ type: 'away', uuid: 7, tables: new Map() }]);
    t.match(log.slice(1), [/^Table 'b' of extension 'probe' tells its columns again/]);
  }
});

t.test('a table that never told its columns stays, whatever it answers', async (t) => {
  for (const answer of [refused, silence, otherColumns]) {
    const { clock, gone, pings } = setUp(
      t,
      () => pong,
      bringing(['a', 'b']),
      (table) => (table === 'b' ? answer : columns),
    );
    await clock.advance(20_000);
    t.strictSame(gone, []);
    t.ok(pings.length > 90);
  }
});

t.test(
  'a registration of which no table is left is taken off whole, if it brings nothing else',
  async (t) => {
    for (const loggers of [[], ['l']]) {
      let answer: Told = columns;
      const { clock, gone, log } = setUp(
        t,
        () => pong,
        bringing(['a', 'b'], loggers),
        () => answer,
      );
      await clock.advance(500);
      answer = refused;
      await clock.advance(3_000);
      const last = loggers.length === 0 ? { type: 'gone', uuid: 7 } : { type: 'away', uuid: 7 };
      t.match(gone.slice(0, 2), [{ type: 'away', uuid: 7 }, last]);
      t.match(
        log.at(1),
        loggers.length === 0 ? /all that it registered is taken off/ : /is taken off: it told/,
      );
    }
  },
);

t.test('a table that is silent because its extension ends is not judged', async (t) => {
  let ends = false;
  const { clock, gone, log } = setUp(
    t,
    () => (ends ? nobody : pong),
    bringing(['a', 'b']),
    () => (ends ? silence : columns),
  );
  await clock.advance(1_000);
  ends = true;
  await clock.advance(1_000);
  t.strictSame(gone, [{ type: 'gone', uuid: 7 }]);
  t.match(log, [/What 'probe' registered is taken off: nobody listens/]);
});

t.test('a question that is not answered keeps pings from nobody, and the next question back', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Told>();
  const { clock, pings, asked, gone, tell } = setUp(
    t,
    () => pong,
    bringing(['a']),
    () => promise,
  );
  await clock.advance(2_000);
  t.ok(pings.length > 8);
  t.equal(asked.length, 1);
  tell({ type: 'detached', uuid: 7 });
  resolve(refused);
  await clock.advance(2_000);
  t.equal(asked.length, 1);
  t.strictSame(gone, []);
});

t.test('other columns than were registered are told once, and the table stays', async (t) => {
  const { clock, gone, log } = setUp(
    t,
    () => pong,
    bringing(['a']),
    () => otherColumns,
  );
  await clock.advance(3_000);
  t.strictSame(gone, []);
  t.match(log, [/^Table 'a' of extension 'probe' tells other columns than it registered: SQL keeps those/]);
  t.equal(log.length, 1);
});

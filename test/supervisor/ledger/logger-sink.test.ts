import t, { type Test } from 'tap';
import { createActorSystem } from '../../../actors/index.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { type ExtensionResponse, failedResponse, succeeded } from '../../../protocol/extension/types.ts';
import { fail, ok } from '../../../protocol/result.ts';
import type { PluginCaller } from '../../../supervisor/extensions/plugin-caller.ts';
import type { Registration } from '../../../supervisor/extensions/registry.ts';
import { loggerChildren } from '../../../supervisor/ledger/logger-children.ts';
import { StatusRelay } from '../../../supervisor/ledger/status-relay.ts';
import { simulatedLedger } from '../../simulation/simulated-ledger.ts';
import { SimulatedLogFiles } from '../../simulation/simulated-log-files.ts';
import { SimulatedResultsStore } from '../../simulation/simulated-results-store.ts';

const taken: ExtensionResponse = { status: succeeded(), response: [] };
const never = new Promise<never>(() => undefined);

/** How a plugin of the test answers a request; undefined: nobody answers. */
type Answering = (request: Readonly<Record<string, string>>) => Promise<ExtensionResponse | undefined>;

interface House {
  readonly clock: SimulatedClock;
  readonly store: SimulatedResultsStore;
  readonly statuses: StatusRelay;
  /** Requests that a plugin answered or was asked, by its name. */
  readonly asked: Record<string, string[]>;
  /** When each of them came, in milliseconds. */
  readonly times: Record<string, number[]>;
  /** Processes that bring the plugins, and how they answer. */
  readonly present: Map<string, { uuid: number; answer: Answering }>;
  readonly said: string[];
  /** Spools lines, and lets the loggers know. */
  spool(...lines: readonly string[]): void;
}

const makeHouse = (t: Test, names: readonly string[], present: House['present']): House => {
  const clock = new SimulatedClock();
  const random = seededRandom(1);
  const store = new SimulatedResultsStore();
  const asked: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const plugins: PluginCaller = {
    bringer: (_, name) => {
      const uuid = present.get(name)?.uuid;
      return uuid === undefined ? undefined : ({ uuid } as Registration);
    },
    call: async (_, name, request) => {
      const members = Object.fromEntries([...request].map(([key, value]) => [key, String(value)]));
      asked[name]?.push(describe(members));
      times[name]?.push(clock.monotonicMs());
      const answer = await present.get(name)?.answer(members);
      return answer === undefined ? fail({ reason: 'call_failed', message: 'it hung up.' }) : ok(answer);
    },
  };
  const ledger = simulatedLedger({
    clock,
    random,
    store,
    files: new SimulatedLogFiles(),
    longestTask_ms: 0,
    loggers: names,
    committed: () => undefined,
    retained: () => undefined,
  });
  const said: string[] = [];
  const statuses = new StatusRelay();
  const children = loggerChildren(
    { names, plugins, statuses, hostIdentifier: 'h' },
    {
      ledger,
      book: { spooledLines: 0 },
      emit: (event) => void (event.type === 'log' && said.push(`${event.severity}: ${event.message}`)),
    },
  );
  const system = createActorSystem({ clock, random });
  system.supervise('loggers', {
    strategy: 'one_for_one',
    intensity: 1,
    period_ms: 1_000,
    children: children.specs.map((spec) => ({ ...spec, restart: 'permanent' as const })),
  });
  t.teardown(() => void system.stop());
  return {
    clock,
    store,
    statuses,
    asked,
    times,
    present,
    said,
    spool: (...lines) => {
      store.append('results', lines);
      children.spooled();
    },
  };
};

/** The value of the request's first member says what it is about. */
const describe = (request: Readonly<Record<string, string>>): string =>
  Object.entries(request)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

const greeting = ['init=osqueryd log=[]', 'action=features'];
const line = (text: string): string => `string=${text} category=event`;
const takes = (uuid = 1): { uuid: number; answer: Answering } => ({ uuid, answer: async () => taken });

t.test('a logger is told of its start, asked what it wants, and gets every line in order', async (t) => {
  const house = makeHouse(t, ['a'], new Map([['a', takes()]]));
  house.spool('one');
  house.store.append('snapshots', ['two']);
  house.spool('three');
  await house.clock.advance(1_000);
  t.strictSame(house.asked.a, [...greeting, line('one'), 'snapshot=two', line('three')]);
  t.equal(house.store.waiting(), 0);
  house.spool('four');
  await house.clock.advance(1_000);
  t.strictSame(house.asked.a?.slice(5), [line('four')], 'the same process is not told again');
  t.strictSame(house.said, []);
});

t.test('a logger that hangs or refuses holds up no other, and loses nothing', async (t) => {
  const house = makeHouse(
    t,
    ['hangs', 'refuses', 'works'],
    new Map([
      ['hangs', { uuid: 1, answer: async ({ string }) => (string === undefined ? taken : never) }],
      [
        'refuses',
        { uuid: 2, answer: async ({ string }) => (string === 'two' ? failedResponse('no room') : taken) },
      ],
      ['works', takes(3)],
    ]),
  );
  house.spool('one', 'two', 'three');
  await house.clock.advance(600);
  t.strictSame(house.asked.works, [...greeting, line('one'), line('two'), line('three')]);
  t.strictSame(house.asked.hangs, [...greeting, line('one')]);
  t.strictSame(house.asked.refuses, [...greeting, line('one'), line('two')]);
  t.match(house.said, [/^error: Logger 'refuses' takes no lines: it refuses a line: no room \(code 1\)/]);
  t.equal(house.store.waiting(), 3);
  house.present.set('refuses', takes(2));
  await house.clock.advance(2_000);
  t.strictSame(
    house.asked.refuses?.slice(4),
    [line('two'), line('three')],
    'what it had is not sent again by the same daemon',
  );
  t.match(house.said[1], /^info: Logger 'refuses' takes lines again/);
  t.strictSame(house.asked.hangs, [...greeting, line('one')]);
});

t.test('a batch that fails at its first line is lost in no part', async (t) => {
  const refuses: Answering = async ({ string }) => (string === undefined ? taken : failedResponse('busy'));
  const house = makeHouse(t, ['a'], new Map([['a', { uuid: 1, answer: refuses }]]));
  house.spool('one', 'two');
  await house.clock.advance(500);
  house.present.set('a', takes(1));
  await house.clock.advance(60_000);
  t.strictSame(house.asked.a, [...greeting, line('one'), line('one'), line('two')]);
});

t.test('a failing logger rests for longer and longer, up to a minute', async (t) => {
  const house = makeHouse(t, ['a'], new Map([['a', { uuid: 1, answer: async () => undefined }]]));
  house.spool('one');
  await house.clock.advance(300_000);
  const waits = (house.times.a ?? []).slice(1).map((at, index) => at - (house.times.a?.[index] ?? 0));
  const expected = [1, 2, 4, 8, 16, 32, 60, 60];
  t.ok(waits.length >= 7, `${waits.length}`);
  for (const [index, wait_ms] of waits.entries()) {
    const plain_ms = (expected[index] ?? 60) * 1_000;
    t.ok(wait_ms >= plain_ms * 0.8 && wait_ms <= plain_ms * 1.2 + 1_000, `${index}: ${wait_ms}`);
  }
  t.equal(house.said.length, 1, 'and that is said once');
  house.spool('two');
  const before = house.asked.a?.length;
  await house.clock.advance(1);
  t.equal(house.asked.a?.length, before, 'new lines do not wake it');
});

t.test('another process that brings the logger is asked at once, and greeted', async (t) => {
  const house = makeHouse(t, ['a'], new Map([['a', { uuid: 1, answer: async () => undefined }]]));
  house.spool('one');
  await house.clock.advance(120_000);
  house.present.set('a', takes(2));
  const before = house.asked.a?.length ?? 0;
  await house.clock.advance(1_000);
  t.strictSame(house.asked.a?.slice(before), [...greeting, line('one')]);
});

t.test(
  'lines wait for a logger that nobody brings; at the start, which waits too, nothing is said',
  async (t) => {
    const house = makeHouse(t, ['a'], new Map());
    house.spool('one', 'two');
    await house.clock.advance(60_000);
    t.strictSame(house.asked.a, []);
    t.strictSame(house.said, []);
    house.present.set('a', takes());
    await house.clock.advance(1_000);
    t.strictSame(house.asked.a, [...greeting, line('one'), line('two')]);
    house.present.delete('a');
    house.spool('three');
    await house.clock.advance(60_000);
    t.match(house.said, [/no extension brings it at present/]);
    house.present.set('a', takes(2));
    await house.clock.advance(1_000);
    t.strictSame(house.asked.a?.slice(4), [...greeting, line('three')]);
  },
);

t.test(
  'a process that goes in the middle of a batch: the next one gets all that was not taken',
  async (t) => {
    const house = makeHouse(t, ['a'], new Map());
    const dies: Answering = async ({ string }) => {
      if (string !== 'three') return taken;
      house.present.delete('a');
      return undefined;
    };
    house.present.set('a', { uuid: 1, answer: dies });
    house.spool('one', 'two', 'three', 'four');
    await house.clock.advance(5_000);
    house.present.set('a', takes(2));
    await house.clock.advance(1_000);
    t.strictSame(house.asked.a, [
      ...greeting,
      ...['one', 'two', 'three'].map(line),
      ...greeting,
      ...['three', 'four'].map(line),
    ]);
    t.equal(house.store.waiting(), 0);
  },
);

t.test('a logger that wants them gets status lines, too; another does not', async (t) => {
  const wants: Answering = async ({ action }) =>
    action === 'features' ? { status: { code: 1, message: '', uuid: 0 }, response: [] } : taken;
  const house = makeHouse(
    t,
    ['wants', 'not'],
    new Map([
      ['wants', { uuid: 1, answer: wants }],
      ['not', takes(2)],
    ]),
  );
  const write = (message: string): void =>
    house.statuses.write({ severity: 'warning', message, unix_ms: 1_795_417_827_000 });
  write('before');
  await house.clock.advance(1_000);
  write('later');
  await house.clock.advance(3_000);
  const [, , first, second, ...more] = house.asked.wants ?? [];
  const item = (m: string): object => ({
    s: 1,
    f: 'leashd',
    i: 0,
    m,
    h: 'h',
    c: 'Mon Nov 23 07:10:27 2026 UTC',
    u: 1_795_417_827,
  });
  t.equal(first, `status=true log=${JSON.stringify([item('before')])}`);
  t.equal(second, `status=true log=${JSON.stringify([item('later')])}`);
  t.strictSame(more, []);
  t.strictSame(house.asked.not, greeting);
});

t.test('the relay keeps a thousand lines and hands out a hundred at once', async (t) => {
  const relay = new StatusRelay();
  for (let index = 0; index < 1_050; index += 1)
    relay.write({ severity: 'info', message: String(index), unix_ms: 0 });
  const first = relay.from(0);
  t.strictSame([first.items.length, first.items[0]?.message, first.next], [100, '50', 150]);
  t.equal(relay.from(1_049).items[0]?.message, '1049');
  t.strictSame(relay.from(1_050), { items: [], next: 1_050 });
});

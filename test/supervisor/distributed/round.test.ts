import t, { type Test } from 'tap';
import { createActorSystem } from '../../../actors/index.ts';
import { inMemoryGuardStore } from '../../../platform/in-memory-guard-store.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import type { CellRow } from '../../../protocol/cell.ts';
import { failedResponse, succeeded } from '../../../protocol/extension/types.ts';
import { fail, ok } from '../../../protocol/result.ts';
import { noCost, type QueryFailure } from '../../../protocol/run.ts';
import { distributedPoller } from '../../../supervisor/distributed/poller.ts';
import { readDistributedRequest } from '../../../supervisor/distributed/read-request.ts';
import { distributedResultsText, distributedRows } from '../../../supervisor/distributed/write-results.ts';
import type { PluginCaller } from '../../../supervisor/extensions/plugin-caller.ts';
import type { Registration } from '../../../supervisor/extensions/registry.ts';
import type { WorkforceMessage } from '../../../supervisor/workforce/messages.ts';
import type { RunRequest } from '../../../supervisor/workforce/run-request.ts';

const requestOf = (value: unknown): ReturnType<typeof readDistributedRequest> =>
  readDistributedRequest(typeof value === 'string' ? value : JSON.stringify(value));

t.test('a request is read by the rules of osquery', async (t) => {
  t.match(requestOf({ queries: { b: 'B', a: 'A' }, discovery: { b: 'D' }, accelerate: 300 }), {
    value: {
      queries: [
        { id: 'a', sql: 'A' },
        { id: 'b', sql: 'B' },
      ],
      discovery: [{ id: 'b', sql: 'D' }],
      accelerate_s: 300,
    },
  });
  const nothing = { ok: true, value: { queries: [], discovery: [], accelerate_s: undefined } };
  for (const empty of ['', ' \n', '{}', '{"queries":[]}', '{"node_invalid":false}', '{"accelerate":1.5}'])
    t.strictSame(requestOf(empty), nothing, empty);
  // Numbers as names: an object of JavaScript would put 9 before x.
  t.match(
    requestOf('{"queries":{"x":"X","10":"TEN","9":5,"a":"A"},"accelerate":5}'),
    {
      value: {
        queries: [
          { id: '10', sql: 'TEN' },
          { id: 'x', sql: 'X' },
        ],
        accelerate_s: undefined,
      },
    },
    'one that is no text ends the reading',
  );
  t.match(requestOf({ queries: { a: 'A' }, discovery: { b: '' } }), { error: { message: /'b' is no SQL/ } });
  t.match(requestOf({ queries: { a: 'A' }, discovery: { b: {} } }), { ok: false });
  for (const broken of ['[]', '5', '{', '{"queries":{"a":"A"}'])
    t.match(requestOf(broken), { ok: false, error: { reason: 'bad_request' } }, broken);
});

t.test('results are told as osquery tells them', async (t) => {
  const columns = ['z', 'a', 'z'].map((name) => ({ name, type: 'TEXT' as const }));
  const rows: CellRow[] = [
    ['1', null, 2],
    ['3', { real: 1 }, { int: '9007199254740993' }],
  ];
  t.equal(distributedRows(columns, rows, ''), '{"z":"2","a":""},{"z":"9007199254740993","a":"1.0"}');
  t.match(distributedRows(columns, rows, 'NULL'), /^\{"z":"2","a":"NULL"\}/);
  t.equal(distributedRows(columns, [], 'NULL'), '');
  const cost = { ...noCost, wall_ms: 1.4, user_ms: 2.6, memory_bytes: 5 };
  const text = distributedResultsText([
    { id: 'a"', status: 0, message: '', rows: '[{"c":"v"}]', cost },
    { id: 'b', status: 1, message: 'it "failed"', rows: '[]', cost: undefined },
  ]);
  t.strictSame(JSON.parse(text), {
    queries: { 'a"': [{ c: 'v' }], b: [] },
    statuses: { 'a"': 0, b: 1 },
    messages: { 'a"': '', b: 'it "failed"' },
    stats: { 'a"': { wall_time_ms: 1, user_time: 3, system_time: 0, memory: 5 }, b: {} },
  });
});

interface House {
  readonly clock: SimulatedClock;
  /** SQL that was run. */
  readonly ran: RunRequest[];
  /** What the plugin was told, decoded, with the time of each. */
  readonly told: { readonly at_ms: number; readonly results: Told }[];
  /** When it was asked for queries. */
  readonly asked_ms: number[];
  readonly said: string[];
  /** What the plugin answers to getQueries, and whether it takes results. */
  plugin: { name?: string; queries: unknown; takes: boolean; isThere: boolean };
}

interface Told {
  readonly queries: Readonly<Record<string, readonly object[]>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<string, string>>;
}

/** Statements by what becomes of them: `rows N`, `fail WORDS`, `denied`. What follows a `;` gives a row of its own column. */
const outcomeOf = (sql: string): { readonly rows: number; readonly failure?: QueryFailure } => {
  const [what, more = ''] = sql.replace(/;.*/, '').split(' ');
  if (what === 'rows') return { rows: Number(more) };
  return { rows: 0, failure: { reason: what === 'denied' ? 'denied' : 'sql_error', message: `${sql}.` } };
};

const makeHouse = (t: Test, plugin: House['plugin'], store = inMemoryGuardStore()): House => {
  const clock = new SimulatedClock();
  const house: House = { clock, ran: [], told: [], asked_ms: [], said: [], plugin };
  const plugins: PluginCaller = {
    bringer: () => (house.plugin.isThere ? ({ uuid: 1 } as Registration) : undefined),
    call: async (_registry, _item, request) => {
      if (!house.plugin.isThere) return fail({ reason: 'no_plugin', message: 'nobody is there' });
      if (request.get('action') === 'getQueries') {
        house.asked_ms.push(clock.monotonicMs());
        const results = JSON.stringify(house.plugin.queries);
        return ok({ status: succeeded(), response: [new Map([['results', results]])] });
      }
      if (!house.plugin.takes) return ok(failedResponse('full'));
      const results = JSON.parse(String(request.get('results'))) as Told;
      house.told.push({ at_ms: clock.monotonicMs(), results });
      return ok({ status: succeeded(), response: [] });
    },
  };
  const run = ({ request }: Extract<WorkforceMessage, { type: 'run' }>): void => {
    house.ran.push(request);
    const { rows, failure } = outcomeOf(request.sql);
    request.listener.columns([{ name: 'n', type: 'INTEGER' }]);
    for (let row = 0; row < rows; row += 1_000) {
      const frame = Array.from({ length: Math.min(1_000, rows - row) }, (_, index) => [row + index]);
      request.listener.rows(Buffer.from(`${JSON.stringify(frame)}\n`));
    }
    for (const name of request.sql.split('; ').slice(1)) {
      request.listener.columns([{ name, type: 'TEXT' }]);
      request.listener.rows(Buffer.from(`[["${name}"]]\n`));
    }
    clock.soon(() =>
      request.listener.done({
        ...(failure === undefined ? {} : { failure }),
        cost: { ...noCost, rows },
        warnings: [],
      }),
    );
  };
  const system = createActorSystem({ clock, random: seededRandom(1) });
  t.teardown(() => void system.stop());
  system.spawn(
    'distributed',
    distributedPoller({
      plugin: () => house.plugin.name,
      plugins,
      budget: budgetOfLevel['0'],
      cpuPercentOfFlags: false,
      interval_s: () => 60,
      nullvalue: () => '',
      logQueries: () => true,
      workforce: {
        path: '/workforce',
        tell: (message) => {
          if (message.type === 'run') run(message);
          return 'accepted';
        },
      },
      store,
      cpuRuleFrom_ms: 0,
      emit: (event) => void (event.type === 'log' && house.said.push(event.message)),
    }),
  );
  return house;
};

const present = (queries: unknown): House['plugin'] => ({ name: 'd', queries, takes: true, isThere: true });

t.test('queries run in the order of their ids, each under its lease, and all are answered', async (t) => {
  const house = makeHouse(
    t,
    present({
      queries: {
        c: 'rows 2; more',
        a: 'rows 1',
        b: 'fail it',
        d: 'denied by us',
        skipped: 'rows 1',
        found: 'rows 0',
      },
      discovery: { skipped: 'rows 0', found: 'rows 3' },
    }),
  );
  await house.clock.advance(1_000);
  t.strictSame(
    house.ran.map(({ sql }) => sql),
    ['rows 3', 'rows 0', 'rows 1', 'fail it', 'rows 2; more', 'denied by us', 'rows 0'],
  );
  t.match(house.ran[2], {
    scope: 'distributed',
    queryId: 'distributed',
    lane: 'live',
    budget: { result_mb: 2 },
  });
  t.match(house.told, [
    {
      results: {
        queries: {
          a: [{ n: '0' }],
          b: [],
          c: [{ n: '0' }, { n: '1' }, { n: undefined, more: 'more' }],
          d: [],
          found: [],
        },
        statuses: { a: 0, b: 1, c: 0, d: 1, found: 0 },
        messages: { a: '', b: 'fail it.', d: 'distributed query is denylisted: denied by us.', found: '' },
      },
    },
  ]);
  t.equal(house.told[0]?.results.statuses.skipped, undefined);
  t.match(house.said[0], /^Executing distributed query: a: rows 1$/);
});

t.test('a discovery that fails spoils the request', async (t) => {
  const house = makeHouse(t, present({ queries: { a: 'rows 1' }, discovery: { b: 'fail it' } }));
  await house.clock.advance(1_000);
  t.strictSame(house.told, []);
  t.match(house.said, [/discovery query 'b' failed: fail it/]);
});

t.test('results that the plugin does not take go with the next round', async (t) => {
  const house = makeHouse(t, { ...present({ queries: { a: 'rows 1' } }), takes: false });
  await house.clock.advance(1_000);
  t.match(house.said.at(-1), /refuses: full \(code 1\)\. Results of distributed queries wait/);
  house.plugin = present({ queries: { b: 'rows 1' } });
  await house.clock.advance(60_000);
  t.strictSame(
    house.told.map(({ results }) => Object.keys(results.statuses)),
    [['a'], ['b']],
  );
  t.match(house.said.at(-1), /come through again/);
});

t.test(
  'what waits for a plugin that takes nothing is bounded, the oldest goes first, and that is said',
  async (t) => {
    const queries = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, 'rows 400000']));
    const house = makeHouse(t, { ...present({ queries }), takes: false });
    await house.clock.advance(1_000);
    t.match(house.said.at(-1), /wait\. The oldest 3 are dropped/);
    house.plugin = present({});
    await house.clock.advance(60_000);
    t.strictSame(
      house.told.map(({ results }) => Object.keys(results.statuses)),
      [['d', 'e']],
    );
  },
);

t.test('large results go in more than one request', async (t) => {
  const house = makeHouse(t, present({ queries: { a: 'rows 500000', b: 'rows 1', c: 'rows 1' } }));
  await house.clock.advance(1_000);
  t.strictSame(
    house.told.map(({ results }) => Object.keys(results.statuses)),
    [['a'], ['b', 'c']],
  );
});

t.test('it polls by its interval, and faster for as long as it is told, also after a restart', async (t) => {
  const store = inMemoryGuardStore();
  const house = makeHouse(t, present({}), store);
  await house.clock.advance(120_000);
  t.strictSame(house.asked_ms, [0, 60_000, 120_000]);
  house.plugin = present({ accelerate: 20 });
  await house.clock.advance(60_000);
  house.plugin = present({});
  await house.clock.advance(90_000);
  t.strictSame(house.asked_ms.slice(3, 9), [180_000, 185_000, 190_000, 195_000, 200_000, 260_000]);
  store.putSetting('distributed_accelerated_until_s', String(house.clock.unixMs() / 1000));
  const again = makeHouse(t, present({}), store);
  await again.clock.advance(10_000);
  t.strictSame(again.asked_ms, [0, 5_000, 10_000]);
});

t.test('a plugin that is away is asked again, and that is said once', async (t) => {
  const house = makeHouse(t, { ...present({ queries: { a: 'rows 1' } }), isThere: false });
  await house.clock.advance(20_000);
  t.strictSame(house.said, [], 'the start waits for it');
  await house.clock.advance(180_000);
  t.strictSame(house.said, ['Distributed queries: nobody is there.']);
  house.plugin = present({ queries: { a: 'rows 1' } });
  await house.clock.advance(60_000);
  t.equal(house.told.length, 1);
});

t.test('a plugin that comes while the daemon starts is asked within a second', async (t) => {
  const house = makeHouse(t, { ...present({}), isThere: false });
  await house.clock.advance(2_500);
  house.plugin = present({});
  await house.clock.advance(1_000);
  t.strictSame(house.asked_ms, [3_000]);
});

t.test('distributed queries may be turned on by a config that is read again', async (t) => {
  const house = makeHouse(t, { queries: {}, takes: true, isThere: true });
  await house.clock.advance(120_000);
  t.strictSame(house.asked_ms, []);
  house.plugin = present({});
  await house.clock.advance(60_000);
  t.equal(house.asked_ms.length, 1);
});

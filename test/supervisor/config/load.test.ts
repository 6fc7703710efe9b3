import { createHash } from 'node:crypto';
import t from 'tap';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import { levelLimits } from '../../../supervisor/limits/effective.ts';
import { load, names, said } from './load-config.ts';

const sql = 'SELECT 1';
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

t.test('a query has osquery’s defaults, and its coercions', async (t) => {
  const { config } = load({
    'main.conf': {
      schedule: {
        plain: { query: sql },
        coerced: {
          query: sql,
          interval: '60',
          snapshot: 'T',
          removed: 0,
          denylist: 'False',
          startup_priority: '-2',
        },
      },
    },
  });
  t.strictSame(config?.schedule, [
    {
      name: 'plain',
      sql,
      interval_s: 3600,
      snapshot: false,
      removed: true,
      denylist: true,
      startup_priority: undefined,
      ...levelLimits(budgetOfLevel['0']),
    },
    {
      name: 'coerced',
      sql,
      interval_s: 60,
      snapshot: true,
      removed: false,
      denylist: false,
      startup_priority: -2,
      ...levelLimits(budgetOfLevel['0']),
    },
  ]);
});

t.test('packs: inline, by path beside the config, by pattern', async (t) => {
  const queries = { q: { query: sql } };
  const files = {
    'main.conf': { packs: { inline: { queries }, file: 'packs/one.conf', '*': 'more/*.conf' } },
    'packs/one.conf': { queries },
    'more/a.b.conf': { queries },
    'more/c.conf': { queries },
  };
  t.strictSame(names(files), ['pack_inline_q', 'pack_file_q', 'pack_a.b_q', 'pack_c_q']);
  t.strictSame(load(files, { packDelimiter: '/' }).config?.schedule[0]?.name, 'pack/inline/q');
  t.match(
    said({ 'main.conf': { packs: { '*': 'none/*.conf' } } })[0],
    /^warning: .*packs.\*: .*matches none/,
  );
  const moved = load(
    {
      '/etc/leash/main.conf': { packs: { p: 'one.conf', q: '/opt/two.conf' } },
      '/etc/leash/one.conf': { queries },
      '/opt/two.conf': { queries },
    },
    { path: '/etc/leash/main.conf' },
  );
  t.equal(moved.config?.schedule.length, 2);
});

t.test('a directory of packs or of further files that cannot be read is an error', async (t) => {
  const unreadable = (pattern: string) => ({ problem: `${pattern}: permission is denied` });
  const { config, problems } = load({ 'main.conf': { packs: { '*': '/packs/*' } } }, { glob: unreadable });
  t.equal(config, undefined);
  t.match(problems, [
    { severity: 'error', file: 'main.conf.d', expected: 'a readable directory' },
    { severity: 'error', key: 'packs.*', found: '/packs/*: permission is denied' },
  ]);
});

t.test('limits: level, config, pack, query; the innermost counts', async (t) => {
  const { config } = load({
    'main.conf': {
      limits: { cpu_ms: 1000, rows: 10 },
      schedule: { own: { query: sql, limits: { rows: 15 } } },
      packs: {
        p: {
          limits: { rows: 20, memory_mb: 0.5 },
          queries: { q: { query: sql, limits: { rows: 30 } }, w: { query: sql } },
        },
      },
    },
    'main.conf.d/tighter.conf': { limits: { cpu_ms: 500 } },
  });
  const budgets = new Map(config?.schedule.map(({ name, budget }) => [name, budget]));
  const { wall_ms, memory_mb } = budgetOfLevel['0'];
  t.match(budgets.get('own'), { wall_ms, cpu_ms: 500, memory_mb, rows: 15 });
  t.match(budgets.get('pack_p_q'), { wall_ms, cpu_ms: 500, memory_mb: 0.5, rows: 30 });
  t.match(budgets.get('pack_p_w'), { wall_ms, cpu_ms: 500, memory_mb: 0.5, rows: 20 });
});

t.test(
  'packs have a key, their discovery its limits; queries of packs with discovery know their pack',
  async (t) => {
    const { config } = load({
      'main.conf': {
        limits: { rows: 10 },
        schedule: { own: { query: sql } },
        packs: {
          asks: { discovery: ['SELECT 2'], limits: { cpu_ms: 5 }, queries: { q: { query: sql } } },
          plain: { platform: 'darwin', queries: { q: { query: sql } } },
        },
      },
      'main.conf.d/more.conf': { packs: { asks: { queries: { w: { query: sql } } } } },
    });
    t.match(config?.packs, [
      { name: 'main', discovery: [], isForThisHost: true },
      {
        name: 'asks',
        discovery: [{ sql: 'SELECT 2', budget: { rows: 10, cpu_ms: 5 } }],
        isForThisHost: true,
      },
      { name: 'plain', platform: 'darwin', isForThisHost: false },
      { name: 'asks', discovery: [] },
    ]);
    const keys = config?.packs.map(({ key }) => key);
    t.equal(new Set(keys).size, 4, 'also of packs of the same name');
    t.strictSame(
      config?.schedule.map(({ name, pack }) => [name, pack]),
      [
        ['own', undefined],
        ['pack_asks_q', keys?.[1]],
        ['pack_asks_w', undefined],
      ],
    );
  },
);

t.test('decorators of sources and of packs for this host', async (t) => {
  const { config } = load({
    'main.conf': {
      limits: { rows: 10 },
      decorators: { load: [sql], always: ['SELECT 2'], interval: { 60: ['SELECT 3', 'SELECT 4'], 3600: [] } },
      packs: {
        p: { discovery: [sql], decorators: { load: ['SELECT 5'] }, limits: { rows: 5 } },
        elsewhere: { platform: 'windows', decorators: { load: ['SELECT 6'] } },
      },
    },
    'main.conf.d/more.conf': { decorators: { load: ['SELECT 7'] } },
  });
  t.match(config?.decorators, [
    {
      source: 'main.conf',
      pack: undefined,
      load: [{ sql, budget: { rows: 10 } }],
      always: [{ sql: 'SELECT 2' }],
      interval: [
        { every_s: 60, query: { sql: 'SELECT 3' } },
        { every_s: 60, query: { sql: 'SELECT 4' } },
      ],
    },
    {
      source: 'main.conf_p',
      pack: config?.packs[0]?.key,
      load: [{ sql: 'SELECT 5', budget: { rows: 5 } }],
    },
    { source: 'main.conf.d/more.conf', load: [{ sql: 'SELECT 7' }] },
  ]);
});

t.test('queries and packs for other hosts are left out without a word', async (t) => {
  const here = { query: sql };
  const files = {
    'main.conf': {
      schedule: {
        linux: { ...here, platform: 'linux,darwin' },
        windows: { ...here, platform: 'windows' },
        old: { ...here, version: '5.9.1' },
        future: { ...here, version: '5.100' },
        everyone: { ...here, shard: 100 },
        nobody: { ...here, shard: 1 },
      },
      packs: { mac: { platform: 'darwin', queries: { q: here } }, none: { shard: 1, queries: { q: here } } },
    },
  };
  t.strictSame(names(files), ['linux', 'old', 'everyone']);
  t.strictSame(load(files).problems, []);
});

t.test('names that osquery reserves, and names that come twice', async (t) => {
  const files = {
    'main.conf': [
      '{ "schedule": {',
      '  "query.a": { "query": "SELECT 1" }, "cache.a": { "query": "SELECT 1" }, "my_epoch": { "query": "SELECT 1" },',
      '  "kept": { "query": "SELECT 1" }, "kept": { "query": "SELECT 2" }, "pack_p_q": { "query": "SELECT 3" } },',
      '  "packs": { "p": { "queries": { "q": { "query": "SELECT 4" }, "query.b": { "query": "SELECT 1" } } } } }',
    ].join('\n'),
  };
  const { config, problems } = load(files);
  t.strictSame(
    config?.schedule.map((query) => [query.name, query.sql]),
    [
      ['kept', 'SELECT 1'],
      ['pack_p_q', 'SELECT 3'],
    ],
  );
  t.equal(problems.length, 6);
  t.match(
    problems.map(({ severity, line, key, found }) => [severity, line, key, found]),
    [
      ['warning', 2, 'schedule.query.a', /left out/],
      ['warning', 2, 'schedule.cache.a', /left out/],
      ['warning', 2, 'schedule.my_epoch', /left out/],
      ['warning', 3, 'schedule.kept', /a second time; the first one counts/],
      ['warning', 4, 'packs.p.queries.q', /'pack_p_q' a second time/],
      ['warning', 4, 'packs.p.queries.query.b', /left out/],
    ].sort((one, other) => Number(one[1]) - Number(other[1])),
  );
});

t.test('files of <config>.d come after the main file and override it', async (t) => {
  const files = {
    'main.conf': {
      options: { schedule_epoch: 1, pack_delimiter: '/' },
      schedule: { a: { query: 'SELECT 1' }, b: { query: sql } },
    },
    'main.conf.d/10.conf': {
      options: { schedule_epoch: 2 },
      schedule: { a: { query: 'SELECT 2' }, c: { query: sql } },
    },
    'main.conf.d/notes.txt': 'not a config',
  };
  const { config, problems } = load(files);
  t.strictSame(config?.sources, ['main.conf', 'main.conf.d/10.conf']);
  t.strictSame(
    config?.schedule.map((query) => [query.name, query.sql]),
    [
      ['a', 'SELECT 2'],
      ['b', sql],
      ['c', sql],
    ],
  );
  t.strictSame(
    [...(config?.options ?? [])],
    [
      ['schedule_epoch', '2'],
      ['pack_delimiter', '/'],
    ],
  );
  t.match(problems, [
    { severity: 'warning', file: 'main.conf.d/10.conf', found: "'a', which replaces that of main.conf" },
  ]);
});

t.test('the hash is osquery’s: SHA-1 over the hex SHA-1 of each source', async (t) => {
  const [main, more] = ['{ "schedule": {} }', '# nothing\n{}'];
  t.equal(load({ 'main.conf': main }).config?.hash, sha1(sha1(main)));
  t.equal(
    load({ 'main.conf': main, 'main.conf.d/x.conf': more }).config?.hash,
    sha1(sha1(main) + sha1(more)),
  );
});

t.test('options become texts as osquery makes them; an empty one sets nothing', async (t) => {
  const { config } = load({
    'main.conf': {
      options: {
        verbose: true,
        schedule_epoch: 7,
        custom_list: [1, 'a'],
        host_identifier: '',
        nullvalue: null,
      },
    },
  });
  t.strictSame(Object.fromEntries(config?.options ?? []), {
    verbose: 'true',
    schedule_epoch: '7',
    custom_list: '[1,"a"]',
    nullvalue: 'null',
  });
});

t.test('packs for this host have options, too; the source’s own win, and mistakes are told', async (t) => {
  const files = {
    'main.conf': {
      options: { schedule_epoch: 1 },
      packs: {
        here: { options: { schedule_epoch: 2, nullvalue: 'none' } },
        elsewhere: { platform: 'darwin', options: { nullvalue: 'elsewhere' } },
      },
    },
    'main.conf.d/more.conf': { packs: { later: { options: { schedule_epoch: 3 } } } },
  };
  t.strictSame(Object.fromEntries(load(files).config?.options ?? []), {
    schedule_epoch: '3',
    nullvalue: 'none',
  });
  t.match(said({ 'main.conf': { packs: { p: { options: { schedule_epoch: 'x', nulvalue: '-' } } } } }), [
    /error: .*packs.p.options.schedule_epoch: expected a whole number/,
    /warning: .*packs.p.options.nulvalue: .*did you mean 'nullvalue'/,
    /1 error, 1 warning/,
  ]);
});

t.test(
  'groups of YARA rules come from sources and packs for this host, later ones instead of earlier ones',
  async (t) => {
    const yara = (signatures: Readonly<Record<string, readonly string[]>>) => ({ yara: { signatures } });
    t.strictSame(load({ 'main.conf': {} }).config?.yaraSignatures, new Map());
    const { config } = load({
      'main.conf': {
        ...yara({ a: ['a.yar'], b: ['b.yar', '/rules/c.yar'] }),
        packs: {
          here: yara({ d: ['d.yar'] }),
          elsewhere: { platform: 'windows', ...yara({ e: ['e.yar'] }) },
        },
      },
      'main.conf.d/1.conf': yara({ a: ['other.yar'] }),
    });
    t.strictSame(
      [...(config?.yaraSignatures ?? [])].toSorted(([one], [other]) => one.localeCompare(other)),
      [
        ['a', ['other.yar']],
        ['b', ['b.yar', '/rules/c.yar']],
        ['d', ['d.yar']],
      ],
    );
  },
);

t.test('targets of Prometheus are those of the last source that names some', async (t) => {
  const targets = (urls: readonly string[], timeout?: number) => ({ prometheus_targets: { urls, timeout } });
  t.equal(load({ 'main.conf': {} }).config?.prometheusTargets, undefined);
  const { config, problems } = load({
    'main.conf': targets(['http://a/metrics'], 5),
    'main.conf.d/1.conf': targets(['http://b/metrics', 'http://c/metrics']),
    'main.conf.d/2.conf': {},
  });
  t.strictSame(config?.prometheusTargets, { urls: ['http://b/metrics', 'http://c/metrics'] });
  t.strictSame(problems, [], 'nothing is said against what has an effect');
  const packed = load({ 'main.conf': { packs: { p: { ...targets(['http://p/']), queries: {} } } } });
  t.strictSame(
    [packed.problems.map(({ key }) => key), packed.config?.prometheusTargets],
    [['packs.p.prometheus_targets'], undefined],
  );
});

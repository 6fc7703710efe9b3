import fc from 'fast-check';
import t from 'tap';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import { checkReport } from '../../../supervisor/config/check.ts';
import { type LoadedConfig, loadConfig } from '../../../supervisor/config/load.ts';

const load = (files: Readonly<Record<string, unknown>>): LoadedConfig =>
  loadConfig({
    path: 'main.conf',
    readText: (path) => {
      const file = files[path];
      if (file === undefined) return { problem: 'no such file' };
      return { text: typeof file === 'string' ? file : JSON.stringify(file) };
    },
    glob: () => Object.keys(files).filter((name) => name.startsWith('packs/')),
    host: { hostname: 'host', osqueryVersion: '5.19.0' },
    packDelimiter: '_',
    defaultInterval_s: 3600,
    budget: budgetOfLevel['0'],
  });

const said = (files: Readonly<Record<string, unknown>>): readonly string[] =>
  checkReport('main.conf', load(files)).lines;

t.test('ten errors are told at once, each with key, expectation and what is there', async (t) => {
  const lines = said({
    'main.conf': {
      options: [],
      schedule: {
        a: { query: 1, interval: 10 },
        b: { query: 'SELECT 1', interval: 'soon' },
        c: { query: 'SELECT 1', snapshot: 'maybe' },
        d: { query: 'SELECT 1', removed: [] },
        e: { query: 'SELECT 1', limits: { cpu_ms: 'much' } },
        f: { query: 'SELECT 1', limits: { wall_ms: -1 } },
        g: { query: 'SELECT 1', platform: 7 },
        h: { query: 'SELECT 1', shard: 101 },
      },
      packs: { p: 12 },
    },
  });
  t.strictSame(lines, [
    'error: main.conf: options: expected an object of flags, found the array []',
    'error: main.conf: schedule.a.query: expected a text, found the number 1',
    'error: main.conf: schedule.b.interval: expected whole seconds from 1 to 604800, found the string "soon"',
    'error: main.conf: schedule.c.snapshot: expected true or false, found the string "maybe"',
    'error: main.conf: schedule.d.removed: expected true or false, found the array []',
    'error: main.conf: schedule.e.limits.cpu_ms: expected a number above 0, found the string "much"',
    'error: main.conf: schedule.f.limits.wall_ms: expected a number above 0, found the number -1',
    'error: main.conf: schedule.g.platform: expected a text, found the number 7',
    'error: main.conf: schedule.h.shard: expected a whole number from 0 to 100, found the number 101',
    'error: main.conf: packs.p: expected a pack object or a path, found the number 12',
    'main.conf: 10 errors, 0 warnings',
  ]);
});

t.test('comments, unknown keys and coercions as osquery has them', async (t) => {
  const loaded = load({
    'main.conf': [
      '// a comment',
      '{ "schedule": {',
      '  # another',
      '  "q": { "query": "SELECT \\',
      '1", "interval": "60", "snapshot": "true", "removed": 0, "intervall": 3 } },',
      '  "shedule": {} }',
    ].join('\n'),
  });
  t.match(loaded.config?.schedule, [
    { name: 'q', sql: 'SELECT 1', interval_s: 60, snapshot: true, removed: false, denylist: true },
  ]);
  t.match(
    loaded.problems.map((problem) => [problem.severity, problem.key, problem.expected]),
    [
      ['warning', 'shedule', "'schedule'?"],
      ['warning', 'schedule.q.intervall', "'interval'?"],
    ],
  );
});

t.test('a text that is not JSON is told with its place', async (t) => {
  t.match(
    said({ 'main.conf': '{\n  "schedule": {,\n}' })[0],
    /^error: main.conf: expected JSON, found line 2, column 1[56]: /,
  );
  t.match(said({ 'main.conf': '[]' })[0], /expected an object, found an array/);
  t.match(said({ 'main.conf': `${'{"a":'.repeat(40)}1${'}'.repeat(40)}` })[0], /32 levels/);
  t.match(said({})[0], /main.conf: expected a readable file, found no such file/);
});

t.test('packs: inline, by path, by pattern; names, selection and limits', async (t) => {
  const loaded = load({
    'main.conf': {
      limits: { cpu_ms: 1000, rows: 10 },
      packs: {
        inline: {
          limits: { rows: 20 },
          queries: {
            q: { query: 'SELECT 1', limits: { rows: 30 } },
            w: { query: 'SELECT 1', platform: 'windows' },
          },
        },
        file: 'one.conf',
        '*': 'packs/*.conf',
        mac: { platform: 'darwin', queries: { q: { query: 'SELECT 1' } } },
        later: { version: '99.0', queries: { q: { query: 'SELECT 1' } } },
      },
    },
    'one.conf': { queries: { q: { query: 'SELECT 2', interval: 5 } } },
    'packs/two.conf': { queries: { q: { query: 'SELECT 3' } } },
  });
  t.strictSame(loaded.problems, []);
  t.match(
    loaded.config?.schedule.map((query) => [
      query.name,
      query.interval_s,
      query.budget.rows,
      query.budget.cpu_ms,
    ]),
    [
      ['pack_inline_q', 3600, 30, 1000],
      ['pack_file_q', 5, 10, 1000],
      ['pack_two_q', 3600, 10, 1000],
    ],
  );
  t.match(
    said({ 'main.conf': { packs: { p: 'gone.conf' } } })[0],
    /gone.conf: packs.p \(named in main.conf\): expected a readable file/,
  );
});

t.test('parts that Leash does not serve yet are not passed over in silence', async (t) => {
  t.match(
    said({ 'main.conf': { decorators: { load: [] } } })[0],
    /warning: main.conf: decorators: .*not serve yet/,
  );
});

t.test('no JSON value makes it throw', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const shapes = [
        value,
        { schedule: value },
        { schedule: { q: value } },
        { packs: { p: value } },
        { options: value },
      ];
      return shapes.every((shape) => load({ 'main.conf': JSON.stringify(shape) }).problems !== undefined);
    }),
  );
  t.pass();
});

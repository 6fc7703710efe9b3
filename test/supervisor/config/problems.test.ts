import fc from 'fast-check';
import t from 'tap';
import { checkReport } from '../../../supervisor/config/check.ts';
import { load, said } from './load-config.ts';

t.test('ten errors are told at once, each with line, key, expectation and what is there', async (t) => {
  const files = {
    'main.conf': [
      '# a comment, so that lines and members differ',
      '{ "options": [],',
      '  "schedule": {',
      '    "a": { "query": 1, "interval": 10 },',
      '    "b": { "query": "SELECT 1", "interval": "soon" },',
      '    "c": { "query": "SELECT 1", "snapshot": "maybe" },',
      '    "d": { "query": "SELECT 1", "removed": {} },',
      '    "e": { "query": "SELECT 1", "limits": { "cpu_ms": "much" } },',
      '    "f": { "query": "SELECT 1", "limits": { "wall_ms": -1 } },',
      '    "g": { "query": "SELECT 1", "platform": 7 },',
      '    "h": { "query": "SELECT 1",',
      '           "shard": 101 } },',
      '  "packs": { "p": 12 } }',
    ].join('\n'),
  };
  t.strictSame(said(files), [
    'error: main.conf:2: options: expected an object of flags, found the array []',
    'error: main.conf:4: schedule.a.query: expected a text, found the number 1',
    'error: main.conf:5: schedule.b.interval: expected whole seconds from 1 to 604800, found the string "soon"',
    'error: main.conf:6: schedule.c.snapshot: expected true or false, found the string "maybe"',
    'error: main.conf:7: schedule.d.removed: expected true or false, found the object {}',
    'error: main.conf:8: schedule.e.limits.cpu_ms: expected a number above 0, found the string "much"',
    'error: main.conf:9: schedule.f.limits.wall_ms: expected a number above 0, found the number -1',
    'error: main.conf:10: schedule.g.platform: expected a text, found the number 7',
    'error: main.conf:12: schedule.h.shard: expected a whole number from 0 to 100, found the number 101',
    'error: main.conf:13: packs.p: expected a pack object or a path, found the number 12',
    'main.conf: 10 errors, 0 warnings',
  ]);
  t.equal(checkReport('main.conf', load(files)).exitCode, 1);
});

t.test(
  'errors of packs, pack files, further files and options are told beside those of the main file',
  async (t) => {
    const lines = said({
      'main.conf': {
        schedule: { q: { interval: 10 } },
        packs: { inline: { queries: { q: {} } }, file: 'packs/one.conf', gone: 'gone.conf' },
        options: {
          schedule_splay_percent: 'many',
          disable_watchdog: true,
          logger_evnt_type: true,
          custom_x: {},
        },
      },
      'packs/one.conf': { queries: { q: { query: 'SELECT 1', version: 5 } } },
      'main.conf.d/two.conf': { packs: [] },
    });
    t.match(lines, [
      'error: main.conf:3: schedule.q.query: expected a text, found nothing',
      'error: main.conf:10: packs.inline.queries.q.query: expected a text, found nothing',
      'error: main.conf:14: packs.gone: expected a usable pack file, found gone.conf',
      /^error: main.conf:17: options.schedule_splay_percent: expected a whole number from 0 to \d+, found the string "many"$/,
      'error: packs/one.conf:5: queries.q.version: expected a text, found the number 5',
      'error: gone.conf: expected a readable file, found no file of this name',
      'error: main.conf.d/two.conf:2: packs: expected an object of packs, found the array []',
      'warning: main.conf:18: options.disable_watchdog: expected a flag that a config may set, found a flag of the command line and flagfiles only; it is ignored',
      "warning: main.conf:19: options.logger_evnt_type: expected the name of a flag (did you mean 'logger_event_type'?), found 'logger_evnt_type', which is ignored",
      'main.conf: 7 errors, 2 warnings',
    ]);
  },
);

t.test('unknown keys are warnings that name the key that was meant, at any depth', async (t) => {
  const files = {
    'main.conf': {
      shedule: {},
      schedule: { q: { query: 'SELECT 1', intervall: 3, limits: { cpu: 5, wal_ms: 5 } } },
      packs: { p: { querys: {}, queries: { q: { query: 'SELECT 1', remove: false } } } },
      decorators: { allways: [] },
      logger: { anything: 1 },
    },
  };
  const { config, problems } = load(files);
  t.equal(config?.schedule.length, 2, 'and do not stand in the way');
  const ignored = problems.filter(({ found }) => /which is ignored/.test(found));
  t.equal(ignored.length, 7, 'and none where any key may stand');
  t.match(
    ignored.map(({ key, expected }) => [key, expected]),
    [
      ['shedule', /did you mean 'schedule'/],
      ['schedule.q.intervall', /did you mean 'interval'/],
      ['schedule.q.limits.cpu', /one of wall_ms, cpu_ms/],
      ['schedule.q.limits.wal_ms', /did you mean 'wall_ms'/],
      ['packs.p.querys', /did you mean 'queries'/],
      ['packs.p.queries.q.remove', /did you mean 'removed'/],
      ['decorators.allways', /did you mean 'always'/],
    ],
  );
});

t.test(
  'keys of osquery that Leash does not serve yet are typed, and not passed over in silence',
  async (t) => {
    t.strictSame(
      said({ 'main.conf': { decorators: { always: [], interval: { 60: ['SELECT 1'], 61: [] } } } }).slice(
        0,
        1,
      ),
      ["error: main.conf:8: decorators.interval.61: expected seconds that 60 divides, found '61'"],
    );
    t.match(
      said({ 'main.conf': { file_paths: { etc: '/etc/%%' } } })[0],
      /file_paths.etc: expected an array of texts/,
    );
    t.match(
      said({
        'main.conf': {
          packs: { p: { discovery: ['SELECT 1'], file_paths: { etc: ['/etc/%%'] }, yara: {} } },
        },
      }),
      [/packs.p.file_paths: .*not serve yet/, /0 errors, 1 warning/],
    );
    const yara = { signatures: { g: ['g.yar'] }, file_paths: { etc: ['g'] }, signature_urls: ['https://x/'] };
    t.match(said({ 'main.conf': { yara, packs: { p: { yara: { signatures: { g: 'g.yar' } } } } } }), [
      /packs.p.yara.signatures.g: expected an array of texts/,
      /yara.file_paths: .*not serve yet/,
      /yara.signature_urls: .*not serve yet/,
      /1 error, 2 warnings/,
    ]);
  },
);

t.test('the closing line counts, and the exit code is 0 when the daemon would start', async (t) => {
  const loaded = load({ 'main.conf': { schedule: { q: { query: 'SELECT 1', x: 1 } } } });
  const report = checkReport('main.conf', loaded);
  t.equal(report.lines.at(-1), 'main.conf: 0 errors, 1 warning, 1 query for this host');
  t.equal(report.exitCode, 0);
});

t.test('no JSON value, and no text at all, makes it throw; every error is worded', async (t) => {
  const sound = (shape: unknown): boolean => {
    const { config, problems } = load({ 'main.conf': shape });
    const worded = problems.every(
      ({ expected, found }) => expected !== '' && found !== '' && !/undefined/.test(expected),
    );
    return worded && (config === undefined) === problems.some(({ severity }) => severity === 'error');
  };
  const value = fc.jsonValue({ maxDepth: 4 });
  fc.assert(fc.property(value, (any) => sound(JSON.stringify(any))));
  fc.assert(fc.property(fc.string(), (text) => sound(text)));
  const key = fc.constantFrom(
    'query',
    'interval',
    'limits',
    'queries',
    'shard',
    'snapshot',
    '__proto__',
    'toString',
    'constructor',
  );
  const member = fc.oneof(value, fc.dictionary(key, value));
  const top = fc.constantFrom(
    'options',
    'schedule',
    'packs',
    'decorators',
    'yara',
    'views',
    'events',
    'limits',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.dictionary(top, fc.oneof(member, fc.dictionary(fc.string(), member))), (config) =>
      sound(JSON.stringify(config)),
    ),
  );
  t.pass('fast-check found no counterexample');
});

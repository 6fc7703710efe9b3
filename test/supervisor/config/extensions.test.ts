import t from 'tap';
import { load, said } from './load-config.ts';

t.test('settings of extensions: limits, user and denylist, by name', async (t) => {
  const probe = { memory_mb: 200.5, cpu_percent: 20, cpu_window_ms: 5_000, processes: 8, descriptors: 64 };
  const { config } = load({
    'main.conf': {
      extensions: { probe: { ...probe, run_as: 'probe:docker', denylist: 'F' }, '/opt/b/probe.ext': {} },
    },
  });
  t.strictSame(
    config?.extensions,
    new Map<string, unknown>([
      ['probe', { ...probe, run_as: 'probe:docker', denylist: false }],
      ['/opt/b/probe.ext', {}],
    ]),
  );
  t.strictSame(load({ 'main.conf': {} }).config?.extensions, new Map());
});

t.test('what a later source says of an extension stands in place of what an earlier one said', async (t) => {
  const { config } = load({
    'main.conf': { extensions: { probe: { memory_mb: 10, processes: 2 }, other: { processes: 3 } } },
    'main.conf.d/later.conf': { extensions: { probe: { memory_mb: 20 } } },
  });
  t.strictSame(
    config?.extensions,
    new Map([
      ['probe', { memory_mb: 20 }],
      ['other', { processes: 3 }],
    ]),
  );
});

t.test('what cannot be meant is told with its place, and nothing is taken from such a config', async (t) => {
  const files = {
    'main.conf': [
      '{ "extensions": {',
      '  "a": 5,',
      '  "b": { "memory_mb": 0 },',
      '  "c": { "processes": "8" },',
      '  "d": { "cpu_percent": null },',
      '  "e": { "run_as": "" },',
      '  "f": { "run_as": 5 },',
      '  "g": { "denylist": "maybe" },',
      '  "h": { "memory": 5 } } }',
    ].join('\n'),
  };
  t.strictSame(said(files), [
    'error: main.conf:2: extensions.a: expected an object of settings, found the number 5',
    'error: main.conf:3: extensions.b.memory_mb: expected a number above 0, found the number 0',
    'error: main.conf:4: extensions.c.processes: expected a number above 0, found the string "8"',
    'error: main.conf:5: extensions.d.cpu_percent: expected a number above 0, found null',
    'error: main.conf:6: extensions.e.run_as: expected USER, USER:GROUP or UID:GID, found the string ""',
    'error: main.conf:7: extensions.f.run_as: expected a text, found the number 5',
    'error: main.conf:8: extensions.g.denylist: expected true or false, found the string "maybe"',
    "warning: main.conf:9: extensions.h.memory: expected a key that Leash knows (one of memory_mb, cpu_percent, cpu_window_ms, processes, descriptors, run_as, denylist), found 'memory', which is ignored",
    'main.conf: 7 errors, 1 warning',
  ]);
  t.equal(load(files).config, undefined);
  t.strictSame(said({ 'main.conf': { extensions: [] } }), [
    'error: main.conf:2: extensions: expected an object of extensions, found the array []',
    'main.conf: 1 error, 0 warnings',
  ]);
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { Flags, flagSpec, flagSpecs, parseArguments } from '../../../supervisor/config/flags.ts';
import { applyOptions } from '../../../supervisor/config/options.ts';
import { sharedPath } from '../../shared.ts';

const parse = (argv: readonly string[], files: Readonly<Record<string, string>> = {}) =>
  parseArguments(argv, (path) => files[path]);

const flagsOf = (argv: readonly string[], files: Readonly<Record<string, string>> = {}): Flags => {
  const parsed = parse(argv, files);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.flags;
};

const refusal = (argv: readonly string[], files: Readonly<Record<string, string>> = {}): string => {
  const parsed = parse(argv, files);
  return parsed.ok ? 'not refused' : parsed.error.message;
};

t.test('every way to write a flag', async (t) => {
  const flags = flagsOf([
    '--logger_path=/a=b',
    '-config_path',
    '/c',
    '--verbose',
    '--nodisable_events',
    '--watchdog_level',
    '-1',
    '--utc=no',
  ]);
  t.equal(flags.text('logger_path'), '/a=b');
  t.equal(flags.text('config_path'), '/c');
  t.equal(flags.bool('verbose'), true);
  t.equal(flags.bool('disable_events'), false);
  t.equal(flags.int('watchdog_level'), -1);
  t.equal(flags.bool('utc'), false);
  t.equal(flagsOf(['--db_path=/d', '--log_numerics_as_numbers']).text('database_path'), '/d', 'by an alias');
  t.match(parse(['SELECT 1', '--json', '--', '--not_a_flag']), {
    ok: true,
    value: { positional: ['SELECT 1', '--not_a_flag'] },
  });
});

t.test('flagfiles: comments, nesting, CRLF, values that stay on their line', async (t) => {
  const files = {
    main: '# flags\r\n\r\n  --logger_path /from/main\r\n--flagfile=inner\n--verbose\n',
    inner: '--logger_path=/from/inner\n--schedule_splay_percent=20\n',
  };
  const flags = flagsOf(['--schedule_splay_percent=30', '--flagfile', 'main'], files);
  t.equal(flags.text('logger_path'), '/from/inner', 'the last one counts');
  t.equal(flags.int('schedule_splay_percent'), 30, 'but the command line wins, also when it comes first');
  t.equal(flags.origin('verbose'), 'flagfile');
  t.equal(flags.origin('schedule_splay_percent'), 'command line');
  t.equal(flags.origin('schedule_epoch'), 'default');
  t.equal(
    refusal(['--flagfile=f'], { f: '\n--logger_path\n--verbose\n' }),
    'f:2: --logger_path expects a text, found nothing',
  );
  t.equal(refusal(['--flagfile=f'], { f: 'verbose' }), "f:1: expected --name=value, found 'verbose'");
  t.equal(
    refusal(['--flagfile=f'], { f: '--flagfile=g', g: '--verbos' }),
    'g:1: unknown flag --verbos; did you mean --verbose?',
  );
  t.equal(refusal(['--flagfile=gone']), 'the flagfile gone cannot be read');
  t.match(refusal(['--flagfile=f'], { f: '--flagfile=f' }), /more than 8 deep/);
});

t.test('what is wrong with a flag is told', async (t) => {
  t.equal(refusal(['--logger_pth=x']), 'unknown flag --logger_pth; did you mean --logger_path?');
  t.equal(refusal(['--zzzzzz']), 'unknown flag --zzzzzz');
  t.equal(refusal(['--nologger_path']), 'unknown flag --nologger_path; did you mean --logger_path?');
  t.equal(refusal(['--verbose=maybe']), "--verbose expects true or false, found 'maybe'");
  t.equal(refusal(['--config_path']), '--config_path expects a text, found nothing');
  t.equal(refusal(['--flagfile']), '--flagfile expects a path, found nothing');
  t.equal(
    refusal(['--worker_threads=2147483648']),
    "--worker_threads expects a whole number from -2147483648 to 2147483647, found '2147483648'",
  );
  t.equal(
    refusal(['--hash_delay=-1']),
    "--hash_delay expects a whole number from 0 to 4294967295, found '-1'",
  );
  t.equal(flagsOf(['--schedule_epoch=18446744073709551615']).text('schedule_epoch'), '18446744073709551615');
  t.match(refusal(['--schedule_epoch=18446744073709551616']), /from 0 to 18446744073709551615/);
});

t.test('no arguments and no flagfile make it throw', async (t) => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('--flagfile=f', '--verbose', '--no', '--', '-', '--=', '--v', '-=1'),
  );
  fc.assert(
    fc.property(fc.array(word), fc.array(word), (argv, lines) => {
      const parsed = parse(argv, { f: lines.join('\n') });
      return parsed.ok || parsed.error.message !== '';
    }),
  );
  t.pass('fast-check found no counterexample');
});

t.test('a stronger origin is not overwritten, and setting leaves the old set as it was', async (t) => {
  const before = flagsOf(['--logger_numerics=true']);
  const after = before.with('logger_numerics', 'false', 'config');
  t.equal(after.ok && after.value.bool('logger_numerics'), true);
  const epoch = before.with('schedule_epoch', '7', 'config');
  t.equal(epoch.ok && epoch.value.int('schedule_epoch'), 7);
  t.equal(before.int('schedule_epoch'), 0);
  t.throws(() => before.text('no_such_flag'), /does not exist/, 'a mistake of the code is no value');
});

t.test('osquery_flags: every flag once, in order, with its value', async (t) => {
  const rows = flagsOf(['--logger_path=/x', '--json']).rows();
  const names = rows.map((row) => row.name);
  t.strictSame(names, names.toSorted());
  t.equal(new Set(names).size, names.length);
  t.match(
    rows.find((row) => row.name === 'logger_path'),
    { type: 'string', default_value: '', value: '/x', shell_only: 0 },
  );
  t.match(
    rows.find((row) => row.name === 'json'),
    { default_value: 'false', value: 'true', shell_only: 1 },
  );
  for (const spec of flagSpecs)
    t.ok(new Flags().with(spec.name, spec.defaultValue, 'config').ok, `${spec.name} accepts its default`);
});

t.test('options of the config whose names begin with custom_ are flags as they come', async (t) => {
  const options = new Map([
    ['custom_role', 'web'],
    ['customs', 'no'],
    ['schedule_epoch', '7'],
    ['custom_list', '[1]'],
  ]);
  const applied = applyOptions(flagsOf(['--verbose']), options);
  if (!applied.ok) throw new Error(applied.error.message);
  const flags = applied.value.keeping(new Flags(), ['verbose']);
  const rows = flags.rows();
  const names = rows.map(({ name }) => name);
  t.strictSame(names, names.toSorted());
  t.strictSame(
    rows.filter(({ name }) => name.startsWith('custom')),
    [
      ['custom_list', '[1]'],
      ['custom_role', 'web'],
    ].map(([name, value]) => ({
      name,
      type: 'string',
      description: '',
      default_value: '',
      shell_only: 0,
      value,
    })),
  );
  t.strictSame([flags.int('schedule_epoch'), flags.bool('verbose')], [7, false]);
});

interface ReferenceFlag {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly area: string;
  readonly scope: string;
  readonly hidden: boolean;
}

const reference = sharedPath('reference/config-and-flags.json');

t.test(
  'names, types, defaults, areas and scopes are osquery’s',
  { skip: reference === undefined && 'needs the reference flags (set LEASH_SHARED)' },
  async (t) => {
    const { flags }: { flags: ReferenceFlag[] } = JSON.parse(readFileSync(reference ?? '', 'utf8'));
    t.equal(flags.length, 241);
    const ourDefaults = ['config_path', 'database_path', 'logger_path', 'logger_mode'];
    for (const { name, type, default: value, area, scope, hidden } of flags) {
      const spec = flagSpec(name);
      t.match(spec, { name, type, area, hidden, scope: scope.replace('config+cli', 'config') }, name);
      if (!ourDefaults.includes(name)) t.equal(spec?.defaultValue, String(value), `default of ${name}`);
    }
  },
);

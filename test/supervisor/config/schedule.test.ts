import fc from 'fast-check';
import t from 'tap';
import { dueQueries } from '../../../supervisor/config/due.ts';
import { parseArguments } from '../../../supervisor/config/flags.ts';
import { splayedInterval } from '../../../supervisor/config/splay.ts';

t.test('a splayed interval stays within its percentage and is never 0', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 604_800 }),
      fc.integer({ min: 0, max: 100 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (interval_s, percent, fraction) => {
        const splayed_s = splayedInterval(interval_s, percent, fraction);
        const spread = (interval_s * percent) / 100;
        return splayed_s >= 1 && splayed_s >= interval_s - spread && splayed_s <= interval_s + spread;
      },
    ),
  );
  t.equal(splayedInterval(10, 0, 0.9), 10);
});

t.test('due queries come by startup priority, then name, and start once more at first', async (t) => {
  const entry = (name: string, splayed_s: number, startup_priority?: number) => ({
    query: { name, startup_priority },
    splayed_s,
  });
  const entries = [entry('b', 10), entry('a', 10), entry('z', 7, 1), entry('y', 7, 0)];
  const started = new Set<string>();
  t.strictSame(
    dueQueries(entries, 100, started).map(({ query }) => query.name),
    ['y', 'z', 'a', 'b'],
  );
  t.strictSame(dueQueries(entries, 101, started), []);
  t.strictSame(
    dueQueries(entries, 105, started).map(({ query }) => query.name),
    ['y', 'z'],
  );
});

t.test('flags: forms, flagfile, aliases, and what is wrong with them', async (t) => {
  const files: Record<string, string> = {
    f: '# comment\n--logger_path=/from/file\n--verbose\n',
    loop: '--flagfile=loop',
  };
  const parse = (...argv: string[]) => parseArguments(argv, (path) => files[path]);
  const parsed = parse(
    '--flagfile=f',
    '--schedule_splay_percent',
    '5',
    '--nodisable_watchdog',
    '--db_path=/d',
    'SELECT 1',
    '--logger_path=/cli',
  );
  if (!parsed.ok) throw new Error(parsed.error.message);
  const { flags, positional } = parsed.value;
  t.strictSame(positional, ['SELECT 1']);
  t.strictSame(
    [
      flags.text('logger_path'),
      flags.bool('verbose'),
      flags.int('schedule_splay_percent'),
      flags.text('database_path'),
    ],
    ['/cli', true, 5, '/d'],
  );
  t.equal(flags.origin('verbose'), 'flagfile');
  t.match(parse('--logger_pth=x'), {
    ok: false,
    error: { message: 'unknown flag --logger_pth; did you mean --logger_path?' },
  });
  t.match(parse('--schedule_splay_percent=many'), {
    ok: false,
    error: { message: /expects a whole number from 0, found 'many'/ },
  });
  t.match(parse('--flagfile=none'), { ok: false, error: { reason: 'flagfile' } });
  t.match(parse('--flagfile=loop'), { ok: false, error: { message: /8 deep/ } });
  t.ok(flags.rows().length > 240);
});

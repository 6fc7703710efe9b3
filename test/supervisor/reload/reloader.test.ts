import t from 'tap';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import { fail, ok } from '../../../protocol/result.ts';
import { checkReport } from '../../../supervisor/config/check.ts';
import { Flags } from '../../../supervisor/config/flags.ts';
import { type Config, loadConfig } from '../../../supervisor/config/load.ts';
import { applyOptions } from '../../../supervisor/config/options.ts';
import type { ConfigReader } from '../../../supervisor/config/sources.ts';
import { levelLimits } from '../../../supervisor/limits/effective.ts';
import { Reloader } from '../../../supervisor/reload/reloader.ts';
import { scheduleChange } from '../../../supervisor/schedule/schedule-change.ts';

interface House {
  readonly files: Record<string, string>;
  readonly clock: SimulatedClock;
  readonly reloader: Reloader;
  /** Configs that were put in force, one after the other. */
  readonly applied: Config[];
  readonly said: string[];
  /** How often files were parsed. */
  parsed: number;
  storeFails: boolean;
}

const query = (sql: string, more: object = {}): object => ({ query: sql, interval: 60, ...more });
const configOf = (schedule: object, more: object = {}): string => JSON.stringify({ schedule, ...more });

const open = (main: string, refresh = { every_s: 0, whileRefused_s: 300 }): House => {
  const files: Record<string, string> = { main };
  const clock = new SimulatedClock();
  const said: string[] = [];
  const applied: Config[] = [];
  const reader: ConfigReader = {
    readText: (path) => {
      const text = files[path];
      return text === undefined ? { problem: 'no file of this name' } : { text };
    },
    glob: (pattern) => ({
      paths: Object.keys(files).filter((path) => pattern.endsWith('.pack') && path.endsWith('.pack')),
    }),
  };
  const house = { files, clock, applied, said, parsed: 0, storeFails: false };
  const opened = Reloader.open({
    clock,
    reader,
    fetch: async () => undefined,
    log: (severity, message) => said.push(`${severity}: ${message}`),
    refresh,
    configure: (traced) => {
      house.parsed += 1;
      const loaded = loadConfig({
        ...traced,
        path: 'main',
        host: { hostname: 'host', osqueryVersion: '5.19.0' },
        packDelimiter: '_',
        defaultInterval_s: 3600,
        limits: levelLimits(budgetOfLevel['0']),
      });
      const { lines } = checkReport('main', loaded);
      if (loaded.config === undefined) return fail({ reason: 'bad_config', message: lines.join('\n') });
      const flags = applyOptions(new Flags(), loaded.config.options);
      if (!flags.ok) return fail({ reason: 'bad_config', message: flags.error.message });
      return ok({ config: loaded.config, flags: flags.value, warnings: lines.slice(0, -1) });
    },
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const { reloader } = opened.value;
  reloader.begin((config) => {
    if (house.storeFails) return fail({ reason: 'disk_full', message: 'the disk is full.' });
    const before = applied.at(-1)?.schedule ?? [];
    applied.push(config);
    return ok(scheduleChange(before, config.schedule));
  });
  return Object.assign(house, { reloader });
};

t.test('what has changed is put in force, and told by name', async (t) => {
  const house = open(configOf({ a: query('SELECT 1') }));
  house.files.main = configOf({ a: query('SELECT 1'), b: query('SELECT 2') });
  t.match(await house.reloader.reload(), { outcome: 'applied', problems: [] });
  house.files.main = configOf({ b: query('SELECT 2', { limits: { cpu_ms: 5 } }), c: query('SELECT 3') });
  t.match(await house.reloader.reload(), {
    outcome: 'applied',
    added: ['c'],
    changed: ['b'],
    removed: ['a'],
  });
  t.equal(house.reloader.inForce.config, house.applied.at(-1));
  t.match(
    house.said.at(-1),
    /^info: The config was read again: 2 scheduled queries; 1 added, 1 changed, 1 removed/,
  );
});

t.test('the same files: nothing happens, and that is said', async (t) => {
  const house = open(configOf({ a: query('SELECT 1') }));
  for (let times = 0; times < 3; times += 1) t.match(await house.reloader.reload(), { outcome: 'unchanged' });
  t.strictSame(house.applied, []);
  t.equal(house.parsed, 1);
  t.match(house.said, [/has not changed/, /has not changed/, /has not changed/]);
});

t.test('a pack file is part of it, and so is a file that comes or goes', async (t) => {
  const house = open(JSON.stringify({ packs: { '*': 'main.d/*.pack' } }));
  t.equal((await house.reloader.reload()).outcome, 'unchanged');
  house.files['main.d/1.pack'] = JSON.stringify({ queries: { q: query('SELECT 1') } });
  t.match(await house.reloader.reload(), { outcome: 'applied', added: ['pack_1_q'] });
  const { hash } = house.reloader.inForce.config;
  house.files['main.d/1.pack'] = JSON.stringify({ queries: { q: query('SELECT 2') } });
  t.match(await house.reloader.reload(), { outcome: 'applied', changed: ['pack_1_q'] });
  t.equal(house.reloader.inForce.config.hash, hash, "though osquery's hash knows nothing of packs");
  delete house.files['main.d/1.pack'];
  t.match(await house.reloader.reload(), { outcome: 'applied', removed: ['pack_1_q'] });
});

t.test('a broken config is refused as a whole, with all that is wrong; the old one stays', async (t) => {
  const house = open(configOf({ a: query('SELECT 1') }));
  const before = house.reloader.inForce;
  const good = house.files.main ?? '';
  house.files.main = configOf({ a: query('SELECT 9'), b: { query: 5 }, c: { interval: -1, query: 'x' } });
  const report = await house.reloader.reload();
  t.equal(report.outcome, 'refused');
  t.ok(report.problems.filter((line) => line.startsWith('error: ')).length >= 2, report.problems.join('\n'));
  for (const line of report.problems) t.ok(house.said.includes(`error: ${line}`), line);
  t.strictSame(house.applied, []);
  t.equal(house.reloader.inForce.config, before.config);
  t.equal(house.reloader.inForce.valid, false, 'osquery_info.config_valid tells');

  house.files.main = good;
  t.match(await house.reloader.reload(), { outcome: 'applied', added: ['a'], changed: [], removed: [] });
  t.equal(house.reloader.inForce.valid, true);
});

t.test('a store that fails refuses the config, too', async (t) => {
  const house = open(configOf({ a: query('SELECT 1') }));
  house.files.main = configOf({ a: query('SELECT 2') });
  house.storeFails = true;
  t.match(await house.reloader.reload(), { outcome: 'refused', problems: ['the disk is full.'] });
  house.storeFails = false;
  t.match(await house.reloader.reload(), { outcome: 'applied' }, 'and the next time it is tried again');
});

t.test(
  'config_refresh looks by the clock, faster while the config cannot be used, and only then parses',
  async (t) => {
    const house = open(configOf({ a: query('SELECT 1') }), { every_s: 60, whileRefused_s: 10 });
    await house.clock.advance(600_000);
    t.equal(house.parsed, 1);
    t.strictSame(house.said, [], 'a config that stays is not told');
    house.files.main = '{';
    await house.clock.advance(60_000);
    t.equal(house.reloader.inForce.valid, false);
    const told = house.said.length;
    await house.clock.advance(60_000);
    t.equal(house.said.length, told, 'the same mistake is told once');
    t.equal(house.parsed, 2);
    house.files.main = configOf({ b: query('SELECT 1') });
    await house.clock.advance(10_000);
    t.equal(house.applied.length, 1, 'within the accelerated interval');
    house.reloader.stop();
    house.files.main = configOf({ c: query('SELECT 1') });
    await house.clock.advance(600_000);
    t.equal(house.applied.length, 1);
  },
);

t.test('flags that only a restart changes keep their value and are named; others change', async (t) => {
  const house = open(configOf({}, { options: { workers_max: 3, schedule_epoch: 1 } }));
  house.files.main = configOf({}, { options: { workers_max: 5, schedule_epoch: 2 } });
  t.match(await house.reloader.reload(), {
    outcome: 'applied',
    problems: ['--workers_max changes with the next start of the daemon.'],
  });
  t.equal(house.reloader.inForce.flags.int('workers_max'), 3);
  t.equal(house.reloader.inForce.flags.int('schedule_epoch'), 2);
  house.files.main = configOf({}, { options: { workers_max: 3 } });
  t.match(await house.reloader.reload(), { problems: [] });
  t.equal(house.reloader.inForce.flags.int('schedule_epoch'), 0, 'an option that is gone is at its default');
  house.files.main = configOf({});
  await house.reloader.reload();
  t.equal(house.reloader.inForce.flags.int('workers_max'), 3);
  t.equal(house.reloader.inForce.flags.origin('workers_max'), 'config');
});

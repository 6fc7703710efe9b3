/**
 * Does a daemon under attack keep its promises? Runs `leashd` with every real query whose tables exist, at 10 s
 * intervals, beside five offenders and a FIFO, and prints what became of each. Exits 1 when an offender got away,
 * an innocent was judged or an innocent missed its interval.
 *
 *   node benchmarks/acceptance/run.ts [--seconds 180]
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isAskable } from '../../test/queries/is-askable.ts';
import { listedQueries } from '../../test/queries/listed-queries.ts';
import { fifoQueries, offenders } from './offenders.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '180' } } });
const seconds = Number(values.seconds);
const root = new URL('../..', import.meta.url).pathname;
const interval_s = 10;

interface ScheduleRow {
  readonly name: string;
  readonly executions: string;
  readonly denylisted: string;
  readonly wall_time_ms: string;
  readonly last_wall_time_ms: string;
  readonly user_time: string;
  readonly system_time: string;
}

interface VerdictRow {
  readonly query_name: string;
  readonly kind: string;
  readonly reason: string;
  readonly limit_value: string;
  readonly measured: string;
}

const directory = mkdtempSync(join(tmpdir(), 'leash-acceptance-'));
const control = join(directory, 'state', 'control.sock');
const ask = <Row>(sql: string): Row[] =>
  JSON.parse(
    execFileSync(join(root, 'bin/leash'), ['query', '--json', '--control', control, sql], {
      encoding: 'utf8',
    }),
  ) as Row[];

const writeConfig = (): { path: string; innocents: string[] } => {
  const real = listedQueries();
  if (real === undefined) throw new Error('the real queries (shared data/queries.json) are not here');
  const fifoDirectory = join(directory, 'fifo');
  mkdirSync(fifoDirectory);
  execFileSync('mkfifo', [join(fifoDirectory, 'in-the-way')]);
  const runnable = real.filter(isAskable);
  const innocents = [
    ...runnable.map((query) => ({ name: query.id, sql: query.sql })),
    ...fifoQueries(fifoDirectory),
  ];
  const schedule = Object.fromEntries(
    [...innocents, ...offenders].map(({ name, sql }) => [name, { query: sql, interval: interval_s }]),
  );
  const path = join(directory, 'leash.json');
  writeFileSync(path, JSON.stringify({ schedule }), { mode: 0o600 });
  return { path, innocents: innocents.map((query) => query.name) };
};

const main = async (): Promise<number> => {
  const { path, innocents } = writeConfig();
  mkdirSync(join(directory, 'state'), { mode: 0o700 });
  const daemon = spawn(
    join(root, 'bin/leashd'),
    [
      `--config_path=${path}`,
      `--database_path=${join(directory, 'state')}`,
      `--logger_path=${join(directory, 'state', 'log')}`,
      `--control_socket=${control}`,
      '--schedule_splay_percent=0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const stderr: Buffer[] = [];
  daemon.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<number | null>((resolve) => daemon.on('exit', resolve));
  process.stdout.write(`${innocents.length} innocent queries, ${offenders.length} offenders, ${seconds} s\n`);
  for (let passed_s = 0; passed_s < seconds; passed_s += interval_s) {
    await new Promise((resolve) => setTimeout(resolve, interval_s * 1000));
    process.stdout.write(`\r${Math.min(passed_s + interval_s, seconds)} s of ${seconds} s `);
  }
  process.stdout.write('\n');
  const schedule = ask<ScheduleRow>('SELECT * FROM osquery_schedule');
  const verdicts = ask<VerdictRow>('SELECT * FROM leash_verdicts');
  const denied = ask<{ query_name: string; state: string }>('SELECT query_name, state FROM leash_denylist');
  daemon.kill('SIGTERM');
  const code = await ended;
  const log = readFileSync(join(directory, 'state', 'log', 'leashd.log'), 'utf8');
  const failures = report({ schedule, verdicts, denied, innocents, log });
  if (code !== 0)
    failures.push(`leashd ended with ${code}: ${Buffer.concat(stderr).toString().slice(-2000)}`);
  for (const failure of failures) process.stdout.write(`FAIL ${failure}\n`);
  process.stdout.write(
    failures.length === 0 ? 'PASS\n' : `${failures.length} failures; kept: ${directory}\n`,
  );
  if (failures.length === 0) rmSync(directory, { recursive: true });
  return failures.length === 0 ? 0 : 1;
};

interface Outcome {
  readonly schedule: readonly ScheduleRow[];
  readonly verdicts: readonly VerdictRow[];
  readonly denied: readonly { query_name: string; state: string }[];
  readonly innocents: readonly string[];
  /** The status log as it was at the end. */
  readonly log: string;
}

const report = ({ schedule, verdicts, denied, innocents, log }: Outcome): string[] => {
  const failures: string[] = [];
  const byName = new Map(schedule.map((row) => [row.name, row]));
  const expected = Math.floor(seconds / interval_s) - 1;
  process.stdout.write('\nquery                          runs  mean ms  verdict\n');
  for (const name of innocents) {
    const row = byName.get(name);
    const runs = Number(row?.executions ?? 0);
    const mean_ms = runs > 0 ? Number(row?.wall_time_ms) / runs : 0;
    const judged = verdicts.filter((verdict) => verdict.query_name === name);
    process.stdout.write(
      `${name.padEnd(30)} ${String(runs).padStart(4)} ${mean_ms.toFixed(1).padStart(8)}  ${judged.map((v) => v.reason).join(',')}\n`,
    );
    if (judged.length > 0)
      failures.push(
        `innocent ${name} was judged: ${judged.map((v) => `${v.reason} ${v.measured}`).join(', ')}`,
      );
    if (denied.some((record) => record.query_name === name))
      failures.push(`innocent ${name} is on the denylist`);
    if (runs < expected)
      failures.push(`innocent ${name} ran ${runs} times; its interval asks for at least ${expected}`);
  }
  process.stdout.write('\noffender                       verdicts                        denylist\n');
  for (const offender of offenders) {
    const judged = verdicts.filter((verdict) => verdict.query_name === offender.name);
    const state = denied.find((record) => record.query_name === offender.name)?.state ?? '-';
    const summary = judged
      .map(
        (v) => `${v.kind} ${v.reason} ${Math.round(Number(v.measured))}/${Math.round(Number(v.limit_value))}`,
      )
      .join('; ');
    process.stdout.write(`${offender.name.padEnd(30)} ${summary.padEnd(31)} ${state}\n`);
    const right = judged.length > 0 && judged.every((verdict) => offender.reasons.includes(verdict.reason));
    if (offender.reasons.length > 0 && !right)
      failures.push(`offender ${offender.name} got away or was judged for the wrong reason`);
    if (offender.reasons.length > 0 && state === '-')
      failures.push(`${offender.name} is not on the denylist`);
    if (offender.reasons.length === 0 && judged.length > 0) failures.push(`${offender.name} was judged`);
    if (offender.failure !== undefined && !offender.failure.test(log))
      failures.push(`the status log does not say how ${offender.name} failed`);
  }
  return failures;
};

process.exitCode = await main();

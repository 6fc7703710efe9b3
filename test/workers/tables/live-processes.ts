import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { kernelUnits } from '../../../platform/node/auxv.ts';
import type { HostFacts } from '../../../protocol/table.ts';
import { processes } from '../../../workers/tables/processes.ts';
import { scan } from './run-table.ts';

const { page_bytes, ticksPerSecond } = kernelUnits();
/** The units of this kernel. */
export const facts: Pick<HostFacts, 'page_bytes' | 'clockTicksPerSecond'> = {
  page_bytes,
  clockTicksPerSecond: ticksPerSecond,
};

/** A program that waits for input and is everywhere. */
export const cat = '/bin/cat';

/** A row of `processes`. */
export type Row = Readonly<Record<string, unknown>>;

/** The row of a process of this host, empty when there is none. */
export const rowOf = (pid: number): Row =>
  scan(processes, { root: '/', facts, equals: { pid: [String(pid)] } }).rows[0] ?? {};

/** One column of ps by pid; undefined where there is no ps that has it. */
export const ps = (column: string): ReadonlyMap<number, string> | undefined => {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const run = spawnSync('ps', ['-ww', '-eo', `pid=,${column}=`], { encoding: 'utf8', env });
  if (run.status !== 0) return undefined;
  const lines = run.stdout.split('\n').map((line) => /^ *(\d+) (.*)$/.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[Number(line[1]), (line[2] ?? '').trim()]])));
};

/** A child that waits until it is ended. */
export interface SleepingChild {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Ends it and waits until it is gone. */
  end(): Promise<void>;
}

/**
 * Starts a program that copies its input (cat), and waits until the kernel shows it as running that program: before
 * that, /proc tells of the fork. `options.stdio` is given from descriptor 1 on. The environment is exactly `env`; tap
 * would add to it, so env(1) clears it.
 */
export const startSleeping = async (
  program: readonly string[],
  env: readonly string[] = [],
  options: SpawnOptions = {},
): Promise<SleepingChild> => {
  const child = spawn('/usr/bin/env', ['-i', ...env, ...program], {
    stdio: ['pipe', 'pipe', 'ignore'],
    ...options,
  });
  const exited = once(child, 'exit');
  const { pid, stdin, stdout } = child;
  if (pid === undefined || stdin === null || stdout === null) throw new Error(`${program[0]} did not start`);
  // What comes back was read by the program itself.
  stdin.write('awake\n');
  await Promise.race([
    once(stdout, 'data'),
    exited.then(([code]) => Promise.reject(new Error(`exit ${code}`))),
  ]);
  await reachState(pid, 'S');
  return {
    pid,
    child,
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** Resolves when the kernel shows the process in this state (proc_pid_stat(5)). */
export const reachState = async (pid: number, state: string): Promise<void> => {
  while (readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.[0] !== state)
    await new Promise((resolve) => setImmediate(resolve));
};

/** A real `leashd` from the built bundle in a private directory, for tests of the whole. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

export const repositoryRoot: string = new URL('../..', import.meta.url).pathname;

/** The environment of a child: nothing that the test runner put there. */
export const cleanEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE|TAP|npm)_/i.test(name) && name !== 'TAP'),
  );

/** Result of a command that was run to its end. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of bin/leash, bin/leashd, bin/leashi to its end; never throws for its exit code. */
export const runCommand = (
  name: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number } = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    execFile(
      join(repositoryRoot, 'bin', name),
      [...args],
      { env: cleanEnv(), maxBuffer: 64 * 2 ** 20, timeout: 60_000, ...options },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      },
    );
  });

/** A private place for one daemon: config, state and logs. */
export interface Home {
  readonly directory: string;
  readonly config: string;
  readonly state: string;
  readonly logs: string;
  readonly control: string;
  flags(): string[];
  /** Lines of the results log, or of the snapshots log. A last line that is still being written is not one yet. */
  resultLines(log?: 'results' | 'snapshots'): string[];
  writeConfig(config: unknown): void;
  remove(): void;
}

export const makeHome = (config: unknown): Home => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-system-'));
  const state = join(directory, 'state');
  const logs = join(directory, 'log');
  const path = join(directory, 'leash.json');
  const control = join(state, 'control.sock');
  mkdirSync(state, { mode: 0o700 });
  mkdirSync(logs, { mode: 0o700 });
  const writeConfig = (next: unknown): void =>
    writeFileSync(path, typeof next === 'string' ? next : JSON.stringify(next), { mode: 0o600 });
  writeConfig(config);
  return {
    directory,
    config: path,
    state,
    logs,
    control,
    writeConfig,
    flags: () => [
      `--config_path=${path}`,
      `--database_path=${state}`,
      `--logger_path=${logs}`,
      `--control_socket=${control}`,
      '--schedule_splay_percent=0',
      // These tests share the machine with others, which would put their queries off.
      '--schedule_defer=false',
    ],
    resultLines: (log = 'results') => {
      const results = readdirSync(logs).filter((file) => file.startsWith(`osqueryd.${log}.log`));
      return results.flatMap((file) => readFileSync(join(logs, file), 'utf8').split('\n').slice(0, -1));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};

/** A running daemon. */
export interface RunningDaemon {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Lines of standard error so far. */
  readonly stderr: readonly string[];
  /** Resolves with the first line (past or future) that matches. Rejects when the daemon ends first. */
  line(pattern: RegExp): Promise<string>;
  ask<Row = Record<string, string>>(sql: string): Promise<Row[]>;
  /** Runs `bin/leash` with these arguments against this daemon. */
  command(...args: string[]): Promise<CommandResult>;
  /** Sends the signal and resolves with the exit. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts `bin/leashd`; resolves when it says that it is ready. */
export const startDaemon = async (home: Home, flags: readonly string[] = []): Promise<RunningDaemon> => {
  const daemon = launchDaemon(home, flags);
  await daemon.line(/Leash is ready/);
  return daemon;
};

/** Starts `bin/leashd` without waiting; `under` is a command that starts it, such as strace. */
export const launchDaemon = (
  home: Home,
  flags: readonly string[] = [],
  under: readonly string[] = [],
): RunningDaemon => {
  const [command = '', ...args] = [...under, join(repositoryRoot, 'bin/leashd'), ...home.flags(), ...flags];
  const child = spawn(command, args, {
    env: cleanEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stderr: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    stderr.push(line);
    for (const take of waiting) take(line);
  });
  const exited = once(child, 'close').then(([code, signal]: (number | string | null)[]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  return {
    process: child,
    pid: child.pid ?? 0,
    stderr,
    exited,
    line: (pattern) => {
      const past = stderr.find((line) => pattern.test(line));
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const take = (line: string): void => {
          if (!pattern.test(line)) return;
          waiting.delete(take);
          resolve(line);
        };
        waiting.add(take);
        void exited.then(() => reject(new Error(`leashd ended without ${pattern}:\n${stderr.join('\n')}`)));
      });
    },
    ask: async <Row>(sql: string) => {
      const answer = await runCommand('leash', ['query', '--json', '--control', home.control, sql]);
      if (answer.code !== 0) throw new Error(answer.stderr);
      return JSON.parse(answer.stdout) as Row[];
    },
    command: (...args) => runCommand('leash', [...args, '--control', home.control]),
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
};

/**
 * State letter of proc_pid_stat(5); undefined when there is no such process. `T`: stopped by a signal. `Z`: dead
 * already, only its parent has not asked for its exit yet.
 */
export const processState = (pid: number): string | undefined => statOf(pid)?.state;

const statOf = (pid: number): { readonly state: string; readonly parent: number } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
};

/** Living processes whose parent is `ppid`. */
export const childrenOf = (ppid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = statOf(pid);
      return stat !== undefined && stat.state !== 'Z' && stat.parent === ppid;
    });

/** Waits for what no event tells, and leaves the processor to those who make it come true. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await pause(10);
};

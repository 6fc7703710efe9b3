/** Python's side of the protocol as processes: an extension that says what happens to it, a client that does as told. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Lines, type Said } from './process-lines.ts';

const python = '/usr/bin/python3';
const folder = join(import.meta.dirname, 'python');
const environment = { PYTHONDONTWRITEBYTECODE: '1', PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };

/** Why these tests cannot run here; false when they can. */
export const withoutPython = (): string | false => {
  const probe = spawnSync(python, ['-c', 'import thrift'], { env: environment });
  if (probe.status === 0) return false;
  return `${python} has no module thrift (Debian's python3-thrift)`;
};

/** A running extension. */
export interface PythonExtension {
  /** The next thing that it says; undefined when it has ended. */
  said(): Promise<Said | undefined>;
  /** Skips to the next line that has this member. */
  until(member: string): Promise<unknown>;
  kill(): void;
  ended(): Promise<number | null>;
}

/** Starts an extension against a manager's socket. */
export const startExtension = (t: Test, socket: string, options: readonly string[] = []): PythonExtension => {
  const args = [join(folder, 'extension.py'), '--socket', socket, ...options];
  const child = spawn(python, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = new Lines(child);
  const exit = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return {
    said: () => lines.next(),
    until: async (member) => {
      for (;;) {
        const said = await lines.next();
        if (said === undefined) throw new Error(`the extension ended before it said ${member}`);
        if (member in said) return said[member];
      }
    },
    kill: () => void child.kill('SIGKILL'),
    ended: async () => {
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
};

/** Calls through the named connection and waits for the answer. */
export type PythonCall = (connection: string, method: string, args?: unknown) => Promise<Said>;

/** Starts a client of a socket; connections are opened when they are first used. */
export const startClient = (t: Test, socket: string): PythonCall => {
  const child = spawn(python, [join(folder, 'client.py'), socket], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = new Lines(child);
  const exit = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return async (connection, method, args = {}) => {
    child.stdin.write(`${JSON.stringify([connection, method, args])}\n`);
    const answer = await lines.next();
    if (answer === undefined) throw new Error('the client ended');
    return answer;
  };
};

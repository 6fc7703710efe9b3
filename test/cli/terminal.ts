import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cleanEnv } from '../system/daemon-harness.ts';

const driver = new URL('../fixtures/terminal.py', import.meta.url).pathname;

/** False, or why no program can be run in a terminal here. */
export const noTerminal: false | string =
  spawnSync('python3', ['-c', 'import pty']).status === 0 ? false : 'needs python3 for a pseudo terminal';

/** A program in a pseudo terminal, driven from outside. */
export interface Terminal {
  /** Types; waits for nothing. */
  type(keys: string): void;
  /**
   * Waits until what was shown since the last call matches, and gives it without control sequences up to the end of
   * the match. Rejects when the program ends first.
   */
  shows(pattern: RegExp): Promise<string>;
  /** The exit code of the program. */
  readonly exited: Promise<number | null>;
  /** Ends the driver, which takes the terminal with it. */
  kill(): void;
}

/** Starts a program in a terminal of this size; `rows: 0` is a terminal that tells none. */
export const openTerminal = (
  command: string,
  args: readonly string[],
  { rows = 24, columns = 80, env = {} }: { rows?: number; columns?: number; env?: NodeJS.ProcessEnv } = {},
): Terminal => {
  const child = spawn('python3', [driver, String(rows), String(columns), command, ...args], {
    env: { ...cleanEnv(), TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let ended = false;
  let looked = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    looked();
  });
  const exited = once(child, 'close').then(([code]) => {
    ended = true;
    looked();
    return code as number | null;
  });
  return {
    exited,
    type: (keys) => void child.stdin.write(keys),
    kill: () => void child.kill(),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        looked = () => {
          const text = stripVTControlCharacters(shown);
          const match = pattern.exec(text);
          if (match !== null) {
            looked = () => {};
            // What follows the match is for the next look; its control sequences do not matter any more.
            shown = text.slice(match.index + match[0].length);
            resolve(text.slice(0, match.index + match[0].length).replaceAll('\r', ''));
          } else if (ended) reject(new Error(`the program ended without ${pattern}:\n${text}`));
        };
        looked();
      }),
  };
};

/** Path of one of bin/leash, bin/leashi. */
export const program = (name: string): string => join(import.meta.dirname, '../../bin', name);

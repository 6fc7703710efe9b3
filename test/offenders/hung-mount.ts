import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How the mount answers: hung-mount.py tells what each means. */
export type MountMode = 'unread' | 'unanswered' | 'slow';

/** A mount that answers badly. */
export interface HungMount {
  /** Where it is reached: in no mount table but that of its own process. */
  readonly path: string;
  /** Ends it; who still waits for it gets ECONNABORTED. */
  end(): Promise<void>;
}

/**
 * Mounts one below `directory`, or says why this host cannot: it needs root, python3 and a /dev/fuse that may be
 * opened.
 */
export const mountHung = async (
  directory: string,
  mode: MountMode,
  delay_ms = 0,
): Promise<HungMount | { readonly lacking: string }> => {
  const mountPoint = join(directory, mode);
  mkdirSync(mountPoint, { recursive: true });
  const script = join(import.meta.dirname, 'hung-mount.py');
  const child = spawn('python3', [script, mountPoint, mode, String(delay_ms)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const exited = new Promise<'exited'>((resolve) => {
    child.once('error', (error) => {
      said.push(error.message);
      resolve('exited');
    });
    child.once('close', () => resolve('exited'));
  });
  const ready = once(createInterface({ input: child.stdout }), 'line');
  const first = await Promise.race([ready, exited]);
  if (first === 'exited') return { lacking: `no FUSE mount can be made: ${lastLine(said.join(''))}` };
  return {
    path: `/proc/${child.pid}/root${mountPoint}`,
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
};

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

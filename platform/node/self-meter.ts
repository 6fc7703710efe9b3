import { openSync, readSync } from 'node:fs';
import { monotonicMs } from './monotonic.ts';
import { privateBytesOf } from './proc-statm.ts';

/** How a worker measures itself, and how it notices that its supervisor is gone. */
export interface SelfMeter {
  /** CLOCK_MONOTONIC. */
  monotonicMs(): number;
  /** CPU time of this process so far. */
  cpu(): { readonly user_ms: number; readonly system_ms: number };
  /** Resident minus shared memory of this process. */
  privateBytes(): number;
  /** A full collection, where the process was started with --expose-gc. */
  collectGarbage(): void;
  /** Ends this process when its parent is no longer the one that started it: Node has no parent-death signal. */
  exitIfOrphaned(): void;
  /** Blocks this process for so long. */
  pause(duration_ms: number): void;
}

/** Makes the meter of this process; its parent of this moment is the supervisor. */
export const createSelfMeter = (page_bytes: number): SelfMeter => {
  const supervisor = process.ppid;
  const statm = openStatm();
  const line = Buffer.allocUnsafe(128);
  const never = new Int32Array(new SharedArrayBuffer(4));
  return {
    monotonicMs,
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return { user_ms: user / 1000, system_ms: system / 1000 };
    },
    privateBytes: () => {
      if (statm === undefined) return process.memoryUsage.rss();
      return privateBytesOf(line.toString('latin1', 0, readSync(statm, line, 0, line.length, 0)), page_bytes);
    },
    collectGarbage: () => globalThis.gc?.(),
    exitIfOrphaned: () => {
      if (process.ppid !== supervisor) endAtOnce();
    },
    pause: (duration_ms) => void Atomics.wait(never, 0, 0, duration_ms),
  };
};

/**
 * Ends this process without another instruction of its own. Node's way out takes tens of milliseconds of CPU time,
 * which a niced worker on a busy host may wait seconds for; it holds nothing that would need an orderly end.
 */
export const endAtOnce = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('a process outlived its own SIGKILL');
};

/** Undefined on a system without /proc. */
const openStatm = (): number | undefined => {
  try {
    return openSync('/proc/self/statm', 'r');
  } catch {
    return undefined;
  }
};

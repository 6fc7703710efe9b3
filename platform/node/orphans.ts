import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessIdentity } from '../../protocol/sample.ts';
import { identify } from './process-identity.ts';

/**
 * Marks our workers in /proc/<pid>/environ, so that a later supervisor knows them again. The value names the
 * supervisor and its store: `<pid>.<start time in ticks> <directory>`, without a directory when it has none.
 */
const marker = 'LEASH_WORKER';

interface Mark {
  readonly supervisor: string;
  /** Empty: a supervisor for a single query. */
  readonly store: string;
}

/** The environment of a worker of this process. */
export const workerEnvironment = (store: string): Readonly<Record<string, string>> => ({
  [marker]: `${nameOf(process.pid)} ${store}`,
});

/**
 * Kills the workers whose supervisor is gone, and tells which: those of this store, and those of none. Workers of
 * other pid namespaces (containers) are left alone: the pids in their marks mean other processes than here.
 */
export const killOrphans = (store: string): readonly ProcessIdentity[] => {
  const ours = pidNamespace('self');
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    const mark = Number.isInteger(pid) ? markOf(pid) : undefined;
    if (mark === undefined || (mark.store !== '' && mark.store !== store)) return [];
    if (nameOf(Number.parseInt(mark.supervisor, 10)) === mark.supervisor) return [];
    const orphan = identify(pid);
    return orphan !== undefined && pidNamespace(name) === ours && kill(pid) ? [orphan] : [];
  });
};

/** Undefined for a process that bears no mark, may not be looked into, or is dead already (a zombie). */
const markOf = (pid: number): Mark | undefined => {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    const value = environment.find((variable) => variable.startsWith(`${marker}=`));
    if (value === undefined) return undefined;
    const [supervisor = '', ...store] = value.slice(marker.length + 1).split(' ');
    return { supervisor, store: Buffer.from(store.join(' '), 'latin1').toString() };
  } catch {
    return undefined;
  }
};

const nameOf = (pid: number): string => `${pid}.${identify(pid)?.startTicks ?? 0}`;

/** `pid:[4026531836]` of namespaces(7); undefined where it may not be read. */
const pidNamespace = (pid: string): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
};

const kill = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};

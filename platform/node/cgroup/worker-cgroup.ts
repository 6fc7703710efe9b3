import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelHold, KernelLimits } from '../../process-host.ts';
import { counterFiles, limitSettings, oomKills, throttled_ms } from './control-files.ts';
import { removeGroup } from './group-names.ts';
import { type Controller, controllers } from './places.ts';

/** The group of one worker. Setting or reading one takes some 50 µs. */
export interface WorkerCgroup {
  limit(limits: KernelLimits): KernelHold;
  /** Kills that the group's memory limit caused. */
  oomKills(): number;
  throttled_ms(): number;
  /** Processes in it; more than one where the worker may start some. */
  members(): readonly number[];
  /** After the worker's death. */
  remove(): Promise<void>;
}

/** The group in these directories, one for each controller that the host gives. */
export const workerCgroup = (
  version: 1 | 2,
  directories: Readonly<Partial<Record<Controller, string>>>,
): WorkerCgroup => {
  const written = new Map<string, string>();
  const set = (controller: Controller, file: string, value: string): boolean => {
    const directory = directories[controller];
    if (directory === undefined) return false;
    const path = join(directory, file);
    if (written.get(path) === value) return true;
    try {
      writeFileSync(path, value);
    } catch {
      // What the kernel does not take (a limit below what is in use) is not in force, and the caller is told so.
      return false;
    }
    written.set(path, value);
    return true;
  };
  const read = (controller: Controller, file: string): string => {
    const directory = directories[controller];
    try {
      return directory === undefined ? '' : readFileSync(join(directory, file), 'utf8');
    } catch {
      return '';
    }
  };
  const counters = counterFiles[version];
  return {
    limit: (limits) => {
      const hold = { memory: false, cpu: false };
      for (const { controller, file, value } of limitSettings(version, limits)) {
        hold[controller] = set(controller, file, value);
      }
      return hold;
    },
    oomKills: () => oomKills(read('memory', counters.memory)),
    throttled_ms: () => throttled_ms(read('cpu', counters.cpu)),
    members: () => [
      ...new Set(controllers.flatMap((controller) => pidsOf(read(controller, 'cgroup.procs')))),
    ],
    remove: async () => {
      for (const directory of new Set(Object.values(directories))) await removeGroup(directory);
    },
  };
};

const pidsOf = (text: string): readonly number[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);

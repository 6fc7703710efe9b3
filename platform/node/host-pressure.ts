import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import readBattery from 'systeminformation/lib/battery.js';
import memoryParts from 'systeminformation/lib/memory.js';
import type { HostPressure } from '../../protocol/host-pressure.ts';
import type { HostPressureProbe } from '../host-pressure.ts';

/**
 * Reads PSI, load, memory and battery of this host. Of systeminformation only `mem` and `battery`, which start no
 * program; and only their files: the whole library costs the supervisor 3 MiB more.
 */
export const nodeHostPressure: HostPressureProbe = {
  read: async (): Promise<HostPressure> => {
    const [memory, battery] = await Promise.all([memoryParts.mem(), readBattery()]);
    return {
      cpuSome_percent: someAvg10('cpu'),
      ioSome_percent: someAvg10('io'),
      loadPerCore: (loadavg()[0] ?? 0) / availableParallelism(),
      memoryAvailable_bytes: memory.available,
      memoryTotal_bytes: memory.total,
      battery_percent: battery.hasBattery && !battery.acConnected ? battery.percent : undefined,
    };
  },
};

/** `some avg10=0.12 avg60=…` of /proc/pressure/<resource>; kernels without PSI have no such file. */
const someAvg10 = (resource: 'cpu' | 'io'): number | undefined => {
  try {
    const match = /^some avg10=([\d.]+)/.exec(readFileSync(`/proc/pressure/${resource}`, 'utf8'));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
};

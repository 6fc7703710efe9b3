import { networkInterfaces } from 'node:os';
import type { HostFacts } from '../../../protocol/table.ts';
import { type KernelUnits, kernelUnits } from '../auxv.ts';
import { nodeClock } from '../clock.ts';

/** The facts of this process and host. The kernel's units are read when they are asked for: not every process may. */
export const createHostFacts = (): HostFacts => {
  let known: KernelUnits | undefined;
  const units = (): KernelUnits => {
    known ??= kernelUnits();
    return known;
  };
  return {
    uid: process.geteuid?.() ?? 0,
    get clockTicksPerSecond() {
      return units().ticksPerSecond;
    },
    get page_bytes() {
      return units().page_bytes;
    },
    timeZone: process.env.TZ,
    wallClockMs: () => nodeClock.unixMs(),
    networkInterfaces: () => networkInterfaces(),
  };
};

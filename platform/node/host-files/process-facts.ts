import { networkInterfaces } from 'node:os';
import type { HostFacts } from '../../../protocol/table.ts';
import { kernelUnits } from '../auxv.ts';
import { nodeClock } from '../clock.ts';

/** The facts of this process and host. */
export const createHostFacts = (): HostFacts => {
  const { page_bytes, ticksPerSecond } = kernelUnits();
  return {
    uid: process.geteuid?.() ?? 0,
    clockTicksPerSecond: ticksPerSecond,
    page_bytes,
    wallClockMs: () => nodeClock.unixMs(),
    networkInterfaces: () => networkInterfaces(),
  };
};

import type { HostPressure } from '../protocol/host-pressure.ts';

/** Reads the host's pressure; cached by the adapter for a few seconds. */
export interface HostPressureProbe {
  read(): Promise<HostPressure>;
}

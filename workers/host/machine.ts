import type { HostFiles } from '../../protocol/host-files.ts';
import { parseCpuinfo } from '../parsers/cpuinfo.ts';

/**
 * The machine name of uname(2), e.g. `x86_64`. The kernel has it in a file since 6.1; before, the processor's
 * description gives it away. Undefined where neither does.
 */
export const machineName = (files: HostFiles): string | undefined => {
  const arch = files.readText('/proc/sys/kernel/arch')?.trim();
  return arch || parseCpuinfo(files.readText('/proc/cpuinfo') ?? '').machine;
};

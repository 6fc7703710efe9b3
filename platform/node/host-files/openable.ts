import type { BigIntStats } from 'node:fs';

/** Files of the kernel that look regular and must not be read: reading waits, or takes without end. */
const forbidden: readonly RegExp[] = [
  // Blocks until the kernel has a message.
  /^\/proc\/kmsg$/,
  /^\/(proc|sys)\/.*\/trace_pipe(_raw)?$/,
  /^\/proc\/acpi\/event$/,
  // As large as the address space.
  /^\/proc\/kcore$/,
  /^\/proc\/(\d+|self|thread-self)(\/task\/\d+)?\/(mem|pagemap)$/,
  /^\/proc\/kpage(count|flags|cgroup)$/,
];

/** May the door read this path at all? Devices, FIFOs and sockets are told apart by their kind, not here. */
export const isForbidden = (path: string): boolean =>
  (path.startsWith('/proc/') || path.startsWith('/sys/')) && forbidden.some((pattern) => pattern.test(path));

/**
 * Files of procfs that the kernel itself made for a process. No other kind of file can stand at these paths, so the
 * stat before the open is spared: with a thousand processes it would be a third of the work. The link-like entries
 * (`exe`, `cwd`, `root`) do not fit, since the door opens these paths without following a last link. The forbidden ones
 * are left out here as well, so that the commonest reads cost one pattern.
 */
const processFile = /^\/proc\/\d+\/(?:(?!mem$|pagemap$)[a-z_]+|net\/[a-z0-9]+)$/;

export const isProcessFile = (path: string): boolean => processFile.test(path);

/** Numbers of the kinds of devices that read a processor: its registers (msr(4)) and what it says of itself (cpuid(4)). */
const processorMajors: Readonly<Record<string, bigint>> = { msr: 202n, cpuid: 203n };

/** A device that only reads of one processor, by its path and by its number, which no other device has. */
export const isProcessorDevice = (path: string, stat: BigIntStats): boolean => {
  const [, kind = ''] = /^\/dev\/cpu\/\d+\/(msr|cpuid)$/.exec(path) ?? [];
  return stat.isCharacterDevice() && ((stat.rdev >> 8n) & 0xfffn) === processorMajors[kind];
};

/**
 * Reads /proc/meminfo: bytes by the kernel's own names (`MemTotal`, …). Lines without the unit kB are counts, no
 * sizes, and are left out.
 */
export const parseMeminfo = (content: string): ReadonlyMap<string, number> => {
  const sizes_bytes = new Map<string, number>();
  for (const line of content.split('\n')) {
    const [, name, size] = /^([^:\s]+):\s+(\d+) kB\s*$/.exec(line) ?? [];
    if (name !== undefined) sizes_bytes.set(name, Number(size) * 1024);
  }
  return sizes_bytes;
};

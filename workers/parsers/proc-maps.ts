/** One mapping of a process's address space. Addresses are hexadecimal without a prefix, as the kernel writes them. */
export interface MemoryMapping {
  readonly start: string;
  readonly end: string;
  readonly permissions: string;
  readonly offset: bigint;
  /** `major:minor`, hexadecimal. */
  readonly device: string;
  readonly inode: number;
  /** A path, a name in brackets such as `[heap]`, or '' for anonymous memory. */
  readonly path: string;
}

const mapping = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)(?: +(.*))?$/s;

/**
 * Reads /proc/<pid>/maps (proc_pid_maps(5)). The kernel writes a newline in a path as `\012`, so a line is a mapping;
 * blanks in a path stand as they are. A line of another form is left out.
 */
export const parseProcMaps = (content: string): MemoryMapping[] =>
  content.split('\n').flatMap((line) => {
    const [, start, end, permissions = '', offset, device = '', inode, path = ''] = mapping.exec(line) ?? [];
    if (start === undefined || end === undefined) return [];
    return [
      {
        start,
        end,
        permissions,
        offset: BigInt(`0x${offset}`),
        device,
        inode: Number(inode),
        path: path.trim(),
      },
    ];
  });

/** A range of physical addresses, hexadecimal without a prefix, both ends included. */
export interface MemoryRange {
  readonly start: string;
  readonly end: string;
  readonly name: string;
}

/**
 * Reads /proc/iomem (proc_iomem(5)): `start-end : name`, a range within another one indented under it. Who is not root
 * reads every address as 0. A line of another form is left out.
 */
export const parseIomem = (content: string): MemoryRange[] =>
  content.split('\n').flatMap((line) => {
    const [, start, end, name] = /^\s*([0-9a-f]+)-([0-9a-f]+) : (.*\S)\s*$/s.exec(line) ?? [];
    return start === undefined || end === undefined || name === undefined ? [] : [{ start, end, name }];
  });

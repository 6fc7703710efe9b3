/** Bytes that a process caused the storage to be read and written (proc_pid_io(5)). */
export interface ProcIo {
  readonly read_bytes: number;
  /**
   * Written, without what was dirtied and then dropped before it was written (a file that was truncated or removed).
   * Below zero for a process that dropped what others had dirtied.
   */
  readonly written_bytes: number;
}

/** Reads /proc/<pid>/io; undefined when one of the three lines is missing or cut. */
export const parseProcIo = (text: string): ProcIo | undefined => {
  const read = /^read_bytes: (\d+)\r?\n/m.exec(text);
  const written = /^write_bytes: (\d+)\r?\n/m.exec(text);
  const cancelled = /^cancelled_write_bytes: (\d+)\r?\n/m.exec(text);
  if (read === null || written === null || cancelled === null) return undefined;
  return { read_bytes: Number(read[1]), written_bytes: Number(written[1]) - Number(cancelled[1]) };
};

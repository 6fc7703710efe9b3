/** What a process row takes from /proc/<pid>/status (proc_pid_status(5)). What a line does not tell is undefined. */
export interface ProcStatus {
  readonly user: ProcessIds | undefined;
  readonly group: ProcessIds | undefined;
  /**
   * `VmRSS`, which the kernel adds up exactly; the number in /proc/<pid>/stat lags behind. A kernel thread and a
   * zombie have no memory and no such line.
   */
  readonly resident_bytes: number | undefined;
}

/** Numbers of a user or group. */
export interface ProcessIds {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
}

/** The name in the first line cannot forge another: the kernel writes its line ends as `\n`. */
export const parseProcStatus = (text: string): ProcStatus => {
  const [, kilobytes] = /^ *(\d+) kB$/.exec(lineValue(text, '\nVmRSS:\t')) ?? [];
  return {
    user: idsOf(lineValue(text, '\nUid:\t')),
    group: idsOf(lineValue(text, '\nGid:\t')),
    resident_bytes: kilobytes === undefined ? undefined : Number(kilobytes) * 1024,
  };
};

/** A line's value, '' when it is missing or cut. indexOf finds it several times faster than a pattern. */
const lineValue = (text: string, label: string): string => {
  const from = text.indexOf(label);
  const end = text.indexOf('\n', from + 1);
  return from < 0 || end < 0 ? '' : text.slice(from + label.length, end).trimEnd();
};

/** Real, effective, saved and file system number. */
const idsOf = (value: string): ProcessIds | undefined => {
  const [, real, effective, saved] = /^(\d+)\t(\d+)\t(\d+)\t\d+$/.exec(value) ?? [];
  if (real === undefined) return undefined;
  return { real: Number(real), effective: Number(effective), saved: Number(saved) };
};

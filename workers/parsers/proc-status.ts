/** Account numbers of /proc/<pid>/status (proc_pid_status(5)). */
export interface ProcStatus {
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
}

/**
 * `Uid:` and `Gid:` hold real, effective, saved and file system numbers; undefined when a line is missing or cut. The
 * name in the first line cannot forge them: the kernel writes its line ends as `\n`.
 */
export const parseProcStatus = (text: string): ProcStatus | undefined => {
  const [uid, euid, suid] = numbersAfter(text, '\nUid:\t') ?? [];
  const [gid, egid, sgid] = numbersAfter(text, '\nGid:\t') ?? [];
  if (uid === undefined || euid === undefined || suid === undefined) return undefined;
  if (gid === undefined || egid === undefined || sgid === undefined) return undefined;
  return { uid, euid, suid, gid, egid, sgid };
};

/** The four numbers of a line. indexOf finds it several times faster than a pattern, once for every process. */
const numbersAfter = (text: string, label: string): readonly number[] | undefined => {
  const from = text.indexOf(label);
  const end = text.indexOf('\n', from + 1);
  if (from < 0 || end < 0) return undefined;
  const words = text
    .slice(from + label.length, end)
    .trimEnd()
    .split('\t');
  const isWhole = words.length === 4 && words.every((word) => /^\d+$/.test(word));
  return isWhole ? words.map(Number) : undefined;
};

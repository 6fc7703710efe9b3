/** Account numbers and cgroup-free facts of /proc/<pid>/status (proc_pid_status(5)). */
export interface ProcStatus {
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
}

/** `Uid:` and `Gid:` hold real, effective, saved and file system numbers; undefined when a line is missing. */
export const parseProcStatus = (text: string): ProcStatus | undefined => {
  const user = /^Uid:\t(\d+)\t(\d+)\t(\d+)/m.exec(text);
  const group = /^Gid:\t(\d+)\t(\d+)\t(\d+)/m.exec(text);
  if (user === null || group === null) return undefined;
  return {
    uid: Number(user[1]),
    euid: Number(user[2]),
    suid: Number(user[3]),
    gid: Number(group[1]),
    egid: Number(group[2]),
    sgid: Number(group[3]),
  };
};

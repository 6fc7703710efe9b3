/**
 * The path in the first line of /proc/<pid>/cgroup, `hierarchy:controllers:path` (cgroups(7)): with cgroup v2 that is
 * the only line, with v1 and mixed hosts the hierarchy mounted last. A path may hold colons. '' when there is none.
 */
export const parseProcCgroup = (text: string): string => /^\d+:[^:\n]*:([^\r\n]*)/.exec(text)?.[1] ?? '';

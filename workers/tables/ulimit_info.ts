import { defineTable, type Table, text } from '../../protocol/table.ts';

/** The kernel's words for the limits (proc_pid_limits(5)), by those of getrlimit(2). */
const limitNames = [
  ['as', 'Max address space'],
  ['core', 'Max core file size'],
  ['cpu', 'Max cpu time'],
  ['data', 'Max data size'],
  ['fsize', 'Max file size'],
  ['locks', 'Max file locks'],
  ['memlock', 'Max locked memory'],
  ['msgqueue', 'Max msgqueue size'],
  ['nice', 'Max nice priority'],
  ['nofile', 'Max open files'],
  ['nproc', 'Max processes'],
  ['rss', 'Max resident set'],
  ['rtprio', 'Max realtime priority'],
  ['sigpending', 'Max pending signals'],
  ['stack', 'Max stack size'],
] as const;

export const ulimitInfo: Table = defineTable({
  name: 'ulimit_info',
  description: 'Resource limits of the process that answers.',
  columns: { type: text(), soft_limit: text(), hard_limit: text() },
  *generate({ files }) {
    const lines = (files.readText('/proc/self/limits') ?? '').split('\n');
    for (const [type, label] of limitNames) {
      const line = lines.find((each) => each.startsWith(`${label} `)) ?? '';
      const [, soft_limit, hard_limit] = /^ +(\S+) +(\S+)/.exec(line.slice(label.length)) ?? [];
      if (soft_limit !== undefined) yield { type, soft_limit, hard_limit };
    }
  },
});

import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { processIds } from '../host/process-ids.ts';
import { parseProcPidStat } from '../parsers/proc-pid-stat.ts';
import { parseProcStatus } from '../parsers/proc-status.ts';

const deleted = ' (deleted)';

export const processes: Table = defineTable({
  name: 'processes',
  description: 'Running processes, one row each.',
  cacheable: true,
  columns: {
    pid: bigint({ index: true, optimized: true }),
    name: text(),
    path: text(),
    cmdline: text(),
    state: text(),
    cwd: text(),
    root: text(),
    uid: bigint(),
    gid: bigint(),
    euid: bigint(),
    egid: bigint(),
    suid: bigint(),
    sgid: bigint(),
    on_disk: integer(),
    wired_size: bigint(),
    resident_size: bigint(),
    total_size: bigint(),
    user_time: bigint(),
    system_time: bigint(),
    disk_bytes_read: bigint(),
    disk_bytes_written: bigint(),
    start_time: bigint(),
    parent: bigint(),
    pgroup: bigint(),
    threads: integer(),
    nice: integer(),
    elevated_token: integer({ hidden: true }),
    secure_process: integer({ hidden: true }),
    protection_type: text({ hidden: true }),
    virtual_process: integer({ hidden: true }),
    elapsed_time: bigint({ hidden: true }),
    handle_count: bigint({ hidden: true }),
    percent_processor_time: bigint({ hidden: true }),
    upid: bigint({ hidden: true }),
    uppid: bigint({ hidden: true }),
    cpu_type: integer({ hidden: true }),
    cpu_subtype: integer({ hidden: true }),
    translated: integer({ hidden: true }),
    cgroup_path: text(),
  },
  *generate(query) {
    const { files, host } = query;
    const ticks_ms = 1000 / host.clockTicksPerSecond;
    const boot_s = query.uses('start_time') ? bootTime(files) : undefined;
    const usesPath = query.uses('path', 'on_disk');
    const usesAccounts = query.uses('uid', 'gid', 'euid', 'egid', 'suid', 'sgid');
    const usesIo = query.uses('disk_bytes_read', 'disk_bytes_written');
    for (const pid of processIds(query)) {
      const directory = `/proc/${pid}`;
      // A process that ended since it was listed has no stat: no row.
      const stat = parseProcPidStat(files.readText(`${directory}/stat`) ?? '');
      if (stat === undefined) continue;
      const program = usesPath ? (files.readLink(`${directory}/exe`) ?? '') : '';
      const io = usesIo ? parseIo(files.readText(`${directory}/io`) ?? '') : undefined;
      yield {
        pid: Number(pid),
        name: stat.name,
        path: program.endsWith(deleted) ? program.slice(0, -deleted.length) : program,
        cmdline: query.uses('cmdline') ? commandLine(files.readText(`${directory}/cmdline`) ?? '') : '',
        state: stat.state,
        cwd: query.uses('cwd') ? files.readLink(`${directory}/cwd`) : '',
        root: query.uses('root') ? files.readLink(`${directory}/root`) : '',
        ...(usesAccounts ? parseProcStatus(files.readText(`${directory}/status`) ?? '') : undefined),
        on_disk: query.uses('on_disk') ? onDisk(files, program) : undefined,
        wired_size: 0,
        resident_size: stat.residentPages * host.page_bytes,
        total_size: stat.virtual_bytes,
        user_time: Math.round(stat.userTicks * ticks_ms),
        system_time: Math.round(stat.systemTicks * ticks_ms),
        disk_bytes_read: io?.read_bytes,
        disk_bytes_written: io?.written_bytes,
        start_time:
          boot_s === undefined ? undefined : boot_s + Math.floor((stat.startTicks * ticks_ms) / 1000),
        parent: stat.parent,
        pgroup: stat.pgroup,
        threads: stat.threads,
        nice: stat.nice,
        cgroup_path: query.uses('cgroup_path')
          ? unifiedCgroup(files.readText(`${directory}/cgroup`) ?? '')
          : '',
      };
    }
  },
});

/** Seconds of the Unix clock when the kernel booted: `btime` of /proc/stat. */
const bootTime = (files: HostFiles): number | undefined => {
  const match = /^btime (\d+)$/m.exec(files.readText('/proc/stat') ?? '');
  return match === null ? undefined : Number(match[1]);
};

/** Arguments are ended by NULs; a program may have overwritten them with anything. */
const commandLine = (cmdline: string): string => cmdline.replace(/\0+$/, '').replaceAll('\0', ' ');

/** -1: no program to ask for (a kernel thread, or not allowed); 0: the file it runs is gone. */
const onDisk = (files: HostFiles, program: string): number => {
  if (program === '') return -1;
  return !program.endsWith(deleted) && files.stat(program) !== undefined ? 1 : 0;
};

const parseIo = (text: string): { read_bytes: number; written_bytes: number } | undefined => {
  const read = /^read_bytes: (\d+)$/m.exec(text);
  const written = /^write_bytes: (\d+)$/m.exec(text);
  return read === null || written === null
    ? undefined
    : { read_bytes: Number(read[1]), written_bytes: Number(written[1]) };
};

/** Path in the unified hierarchy: the line `0::/path` (cgroups(7)). */
const unifiedCgroup = (text: string): string => /^0::(.*)$/m.exec(text)?.[1] ?? '';

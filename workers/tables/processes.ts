import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, type TableQuery, text } from '../../protocol/table.ts';
import { processIds } from '../host/process-ids.ts';
import { processProgram } from '../host/process-program.ts';
import { parseProcCgroup } from '../parsers/proc-cgroup.ts';
import { parseProcIo } from '../parsers/proc-io.ts';
import { parseProcPidStat } from '../parsers/proc-pid-stat.ts';
import { parseProcStatus } from '../parsers/proc-status.ts';
import { shortened } from '../parsers/shortened.ts';

/**
 * A name is as the process has it; osquery's is escaped as in /proc/<pid>/status, and has no blanks at its ends. The sizes of
 * what has no memory (kernel threads, zombies) are 0, in osquery they are missing.
 */
export const processes: Table = defineTable({
  name: 'processes',
  description: 'Running processes, one row each.',
  example: 'SELECT pid, name, resident_size FROM processes ORDER BY resident_size DESC LIMIT 5;',
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
    // Asked for by the first process that is there: a join may look for thousands that are not.
    let boot_s: number | undefined;
    // Asked once and not for every process: each question goes over all columns.
    const uses = {
      program: query.uses('path', 'on_disk'),
      onDisk: query.uses('on_disk'),
      commandLine: query.uses('cmdline'),
      cwd: query.uses('cwd'),
      root: query.uses('root'),
      status: query.uses('uid', 'gid', 'euid', 'egid', 'suid', 'sgid', 'resident_size'),
      io: query.uses('disk_bytes_read', 'disk_bytes_written'),
      cgroup: query.uses('cgroup_path'),
      startTime: query.uses('start_time'),
    };
    for (const pid of processIds(query)) {
      const directory = `/proc/${pid}`;
      const read = (file: string): string | undefined => files.readText(`${directory}/${file}`);
      const stat = parseProcPidStat(read('stat') ?? '');
      const statusText = uses.status ? read('status') : '';
      // Both may be read by everybody: without one the process ended since it was listed. No row.
      if (stat === undefined || statusText === undefined) continue;
      const status = parseProcStatus(statusText);
      const program = uses.program ? processProgram(files, directory, uses.onDisk) : undefined;
      if (uses.startTime) boot_s ??= bootTime(files);
      const io = uses.io ? parseProcIo(read('io') ?? '') : undefined;
      yield {
        pid: Number(pid),
        name: stat.name,
        path: program?.path,
        cmdline: uses.commandLine ? commandLine(query, pid, read('cmdline') ?? '') : undefined,
        state: stat.state,
        cwd: uses.cwd ? files.readLink(`${directory}/cwd`) : undefined,
        root: uses.root ? files.readLink(`${directory}/root`) : undefined,
        uid: status.user?.real,
        gid: status.group?.real,
        euid: status.user?.effective,
        egid: status.group?.effective,
        suid: status.user?.saved,
        sgid: status.group?.saved,
        on_disk: program?.on_disk,
        // Linux does not count what is wired.
        wired_size: 0,
        resident_size: status.resident_bytes ?? stat.residentPages * host.page_bytes,
        total_size: stat.virtual_bytes,
        user_time: Math.round(stat.userTicks * ticks_ms),
        system_time: Math.round(stat.systemTicks * ticks_ms),
        disk_bytes_read: io?.read_bytes,
        disk_bytes_written: io?.written_bytes,
        // -1 where the kernel does not tell when it booted, as osquery has it.
        start_time: boot_s === undefined ? -1 : boot_s + Math.floor((stat.startTicks * ticks_ms) / 1000),
        parent: stat.parent,
        pgroup: stat.pgroup,
        threads: stat.threads,
        nice: stat.nice,
        cgroup_path: uses.cgroup ? parseProcCgroup(read('cgroup') ?? '') : undefined,
      };
    }
  },
});

/** Seconds of the Unix clock when the kernel booted: `btime` of /proc/stat. */
const bootTime = (files: HostFiles): number | undefined => {
  const match = /^btime (\d+)\s*$/m.exec(files.readText('/proc/stat') ?? '');
  return match === null ? undefined : Number(match[1]);
};

/** Longer ones are a stranger's, who may have hundreds: see `shortened`. */
const commandLineMax_bytes = 160 * 1024;

/**
 * Arguments are ended by NULs; a program may have overwritten them with anything, often with its title and blanks up
 * to the old end, which are left out as osquery does.
 */
const commandLine = (query: Pick<TableQuery, 'warn'>, pid: string, cmdline: string): string => {
  const whole = trimmed(cmdline.replaceAll('\0', ' '));
  const shown = shortened(whole, commandLineMax_bytes);
  if (shown !== whole)
    query.warn(`the cmdline of process ${pid} is longer than ${commandLineMax_bytes / 1024} KiB and was cut`);
  return shown;
};

/** Without blanks at both ends. By hand: a pattern that looks for the end goes over every run of blanks in between. */
const trimmed = (line: string): string => {
  let first = 0;
  let end = line.length;
  while (first < end && isBlank(line.charCodeAt(first))) first += 1;
  while (end > first && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(first, end);
};

/** isspace(3) of the C locale. */
const isBlank = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);

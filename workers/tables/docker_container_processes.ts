import { bigint, defineTable, double, integer, type Table, text } from '../../protocol/table.ts';
import { askedIds, openDocker } from '../host/docker.ts';
import { itemsOf, textsOf } from '../parsers/json-fields.ts';

/**
 * `start_time` is in Unix seconds and sizes are in bytes. osquery takes a KiB for 1,000 bytes, and the time that a process has
 * run for its start.
 */
export const dockerContainerProcesses: Table = defineTable({
  name: 'docker_container_processes',
  description: 'Processes in a Docker container.',
  needs: 'net',
  columns: {
    id: text({ index: true, required: true, collate: 'NOCASE' }),
    pid: bigint({ index: true }),
    name: text(),
    cmdline: text(),
    state: text(),
    uid: bigint(),
    gid: bigint(),
    euid: bigint(),
    egid: bigint(),
    suid: bigint(),
    sgid: bigint(),
    wired_size: bigint(),
    resident_size: bigint(),
    total_size: bigint(),
    start_time: bigint(),
    parent: bigint(),
    pgroup: bigint(),
    threads: integer(),
    nice: integer(),
    user: text(),
    time: text(),
    cpu: double(),
    mem: double(),
  },
  async *generate(query) {
    const docker = openDocker(query);
    const now_s = Math.floor(query.host.wallClockMs() / 1000);
    for (const id of askedIds(query.equals('id'))) {
      const listed = await docker.get(`/containers/${id}/top?ps_args=axwwo%20${fields.join(',')}`);
      for (const row of itemsOf(listed, 'Processes')) {
        const values = textsOf(row);
        // Docker on other systems does not take the fields that it is given.
        if (values.length === fields.length) yield { id, ...processOf(values, now_s) };
      }
    }
  },
});

/** Columns that ps(1) is asked for; the last one may have blanks. */
const fields = [
  ...['pid', 'state', 'uid', 'gid', 'euid', 'egid', 'suid', 'sgid', 'rss', 'vsz', 'etimes', 'ppid'],
  ...['pgrp', 'nlwp', 'nice', 'user', 'time', 'pcpu', 'pmem', 'comm', 'cmd'],
];
/** ps(1) counts memory in KiB. */
const kibibyte = 1024;

const processOf = (values: readonly string[], now_s: number) => {
  const text = (field: string): string => values[fields.indexOf(field)] ?? '';
  const number = (field: string): number | null => {
    const value = Number(text(field));
    return text(field) === '' || Number.isNaN(value) ? null : value;
  };
  const elapsed_s = number('etimes');
  return {
    pid: number('pid'),
    name: text('comm'),
    cmdline: text('cmd'),
    state: text('state'),
    uid: number('uid'),
    gid: number('gid'),
    euid: number('euid'),
    egid: number('egid'),
    suid: number('suid'),
    sgid: number('sgid'),
    wired_size: 0,
    resident_size: (number('rss') ?? 0) * kibibyte,
    total_size: (number('vsz') ?? 0) * kibibyte,
    start_time: elapsed_s === null ? null : now_s - elapsed_s,
    parent: number('ppid'),
    pgroup: number('pgrp'),
    threads: number('nlwp'),
    nice: number('nice'),
    user: text('user'),
    time: text('time'),
    cpu: number('pcpu'),
    mem: number('pmem'),
  };
};

import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedIds, openDocker } from '../host/docker.ts';
import { integerOf, itemsOf, type Json, membersOf, textOf } from '../parsers/json-fields.ts';
import { parseRfc3339 } from '../parsers/rfc3339.ts';

/**
 * A container without a network of its own, of which osquery has no row, has one; `disk_read` and `disk_write` are known with
 * cgroup v2, too. `memory_cached`, `memory_total_inactive_file` and `memory_max_usage` are what cgroup v1 alone counts.
 */
export const dockerContainerStats: Table = defineTable({
  name: 'docker_container_stats',
  description: 'What a Docker container uses.',
  needs: 'net',
  columns: {
    id: text({ index: true, required: true, collate: 'NOCASE' }),
    name: text({ index: true }),
    pids: integer(),
    read: bigint(),
    preread: bigint(),
    interval: bigint(),
    disk_read: bigint(),
    disk_write: bigint(),
    num_procs: integer(),
    cpu_total_usage: bigint(),
    cpu_kernelmode_usage: bigint(),
    cpu_usermode_usage: bigint(),
    system_cpu_usage: bigint(),
    online_cpus: integer(),
    pre_cpu_total_usage: bigint(),
    pre_cpu_kernelmode_usage: bigint(),
    pre_cpu_usermode_usage: bigint(),
    pre_system_cpu_usage: bigint(),
    pre_online_cpus: integer(),
    memory_usage: bigint(),
    memory_cached: bigint(),
    memory_inactive_file: bigint(),
    memory_total_inactive_file: bigint(),
    memory_max_usage: bigint(),
    memory_limit: bigint(),
    network_rx_bytes: bigint(),
    network_tx_bytes: bigint(),
  },
  async *generate(query) {
    const docker = openDocker(query);
    for (const id of askedIds(query.equals('id'))) {
      const stats = await docker.get(`/containers/${id}/stats?stream=false`);
      if (stats !== undefined) yield { id, ...statsOf(stats) };
    }
  },
});

const statsOf = (stats: Json) => {
  const count = (...path: readonly string[]): number => integerOf(stats, ...path);
  const read_ns = parseRfc3339(textOf(stats, 'read')) ?? 0n;
  const preread_ns = parseRfc3339(textOf(stats, 'preread')) ?? 0n;
  return {
    name: textOf(stats, 'name'),
    pids: count('pids_stats', 'current'),
    read: read_ns / nanosecond,
    preread: preread_ns / nanosecond,
    interval: read_ns - preread_ns,
    disk_read: diskBytes(stats, 'read'),
    disk_write: diskBytes(stats, 'write'),
    num_procs: count('num_procs'),
    cpu_total_usage: count('cpu_stats', 'cpu_usage', 'total_usage'),
    cpu_kernelmode_usage: count('cpu_stats', 'cpu_usage', 'usage_in_kernelmode'),
    cpu_usermode_usage: count('cpu_stats', 'cpu_usage', 'usage_in_usermode'),
    system_cpu_usage: count('cpu_stats', 'system_cpu_usage'),
    online_cpus: count('cpu_stats', 'online_cpus'),
    pre_cpu_total_usage: count('precpu_stats', 'cpu_usage', 'total_usage'),
    pre_cpu_kernelmode_usage: count('precpu_stats', 'cpu_usage', 'usage_in_kernelmode'),
    pre_cpu_usermode_usage: count('precpu_stats', 'cpu_usage', 'usage_in_usermode'),
    pre_system_cpu_usage: count('precpu_stats', 'system_cpu_usage'),
    pre_online_cpus: count('precpu_stats', 'online_cpus'),
    memory_usage: count('memory_stats', 'usage'),
    memory_cached: count('memory_stats', 'stats', 'cache'),
    memory_inactive_file: count('memory_stats', 'stats', 'inactive_file'),
    memory_total_inactive_file: count('memory_stats', 'stats', 'total_inactive_file'),
    memory_max_usage: count('memory_stats', 'max_usage'),
    memory_limit: count('memory_stats', 'limit'),
    network_rx_bytes: networkBytes(stats, 'rx_bytes'),
    network_tx_bytes: networkBytes(stats, 'tx_bytes'),
  };
};

/** A second has so many nanoseconds. */
const nanosecond = 1_000_000_000n;

/** The kernel says `Read` with cgroup v1 and `read` with v2. */
const diskBytes = (stats: Json, operation: string): number =>
  itemsOf(stats, 'blkio_stats', 'io_service_bytes_recursive')
    .filter((entry) => textOf(entry, 'op').toLowerCase() === operation)
    .reduce((sum: number, entry) => sum + integerOf(entry, 'value'), 0);

const networkBytes = (stats: Json, counter: string): number =>
  membersOf(stats, 'networks').reduce((sum, [, network]) => sum + integerOf(network, counter), 0);

import { bigint, defineTable, integer, type Table } from '../../protocol/table.ts';
import { parseCpuStat } from '../parsers/cpu-stat.ts';

export const cpuTime: Table = defineTable({
  name: 'cpu_time',
  description: 'Time that each online core spent in each state since boot, in clock ticks.',
  example: 'SELECT core, user, system, idle, iowait FROM cpu_time;',
  columns: {
    core: integer(),
    user: bigint(),
    nice: bigint(),
    system: bigint(),
    idle: bigint(),
    iowait: bigint(),
    irq: bigint(),
    softirq: bigint(),
    steal: bigint(),
    guest: bigint(),
    guest_nice: bigint(),
  },
  *generate({ files }) {
    for (const { core, ticks } of parseCpuStat(files.readText('/proc/stat') ?? '')) {
      const [user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice] = ticks;
      yield { core, user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice };
    }
  },
});

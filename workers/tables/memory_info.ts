import { bigint, defineTable, type Table } from '../../protocol/table.ts';
import { parseMeminfo } from '../parsers/meminfo.ts';

export const memoryInfo: Table = defineTable({
  name: 'memory_info',
  description: "The host's memory in bytes, as the kernel accounts for it.",
  example: 'SELECT memory_available * 100 / memory_total AS percent_available FROM memory_info;',
  columns: {
    memory_total: bigint(),
    memory_free: bigint(),
    memory_available: bigint(),
    buffers: bigint(),
    cached: bigint(),
    swap_cached: bigint(),
    active: bigint(),
    inactive: bigint(),
    swap_total: bigint(),
    swap_free: bigint(),
  },
  *generate({ files }) {
    const content = files.readText('/proc/meminfo');
    if (content === undefined) return;
    const sizes_bytes = parseMeminfo(content);
    yield {
      memory_total: sizes_bytes.get('MemTotal'),
      memory_free: sizes_bytes.get('MemFree'),
      memory_available: sizes_bytes.get('MemAvailable'),
      buffers: sizes_bytes.get('Buffers'),
      cached: sizes_bytes.get('Cached'),
      swap_cached: sizes_bytes.get('SwapCached'),
      active: sizes_bytes.get('Active'),
      inactive: sizes_bytes.get('Inactive'),
      swap_total: sizes_bytes.get('SwapTotal'),
      swap_free: sizes_bytes.get('SwapFree'),
    };
  },
});

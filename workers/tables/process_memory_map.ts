import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { processIds } from '../host/process-ids.ts';
import { parseProcMaps } from '../parsers/proc-maps.ts';

const largest = 2n ** 63n - 1n;

/** A path is whole: osquery's ends at its first blank, so that it shows no file as deleted. */
export const processMemoryMap: Table = defineTable({
  name: 'process_memory_map',
  description:
    'Memory that processes have mapped. The path of a file that is gone, or was replaced, ends with ` (deleted)`.',
  example: "SELECT DISTINCT path FROM process_memory_map WHERE pid = 1 AND path LIKE '/%';",
  columns: {
    pid: integer({ index: true, optimized: true }),
    start: text(),
    end: text(),
    permissions: text(),
    offset: bigint(),
    device: text(),
    inode: integer(),
    path: text(),
    pseudo: integer(),
  },
  *generate(query) {
    for (const pid of processIds(query)) {
      // Empty for kernel threads, missing for a process that ended meanwhile.
      for (const mapping of parseProcMaps(query.files.readText(`/proc/${pid}/maps`) ?? '')) {
        yield {
          ...mapping,
          pid: Number(pid),
          start: `0x${mapping.start}`,
          end: `0x${mapping.end}`,
          // Only vsyscall lies beyond what a BIGINT holds.
          offset: mapping.offset > largest ? -1n : mapping.offset,
          pseudo: mapping.inode === 0 && mapping.path !== '' ? 1 : 0,
        };
      }
    }
  },
});

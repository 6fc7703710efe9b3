import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { processIds } from '../host/process-ids.ts';

export const processEnvs: Table = defineTable({
  name: 'process_envs',
  description: 'Environment variables of processes, as they were when each began.',
  columns: {
    pid: integer({ index: true, optimized: true }),
    key: text(),
    value: text(),
  },
  *generate(query) {
    for (const pid of processIds(query)) {
      const environment = query.files.readText(`/proc/${pid}/environ`) ?? '';
      for (const entry of environment.split('\0')) {
        if (entry === '') continue;
        const equals = entry.indexOf('=');
        // Whoever starts a process may hand it anything: what has no `=` is shown as a key without a value.
        if (equals < 0) yield { pid: Number(pid), key: entry, value: '' };
        else yield { pid: Number(pid), key: entry.slice(0, equals), value: entry.slice(equals + 1) };
      }
    }
  },
});

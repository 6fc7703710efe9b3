import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { processIds } from '../host/process-ids.ts';
import { shortened } from '../parsers/shortened.ts';

export const processEnvs: Table = defineTable({
  name: 'process_envs',
  description: 'Environment variables of processes, as they were when each began.',
  example: "SELECT pid, value FROM process_envs WHERE key = 'LD_PRELOAD';",
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
        // Whoever starts a process may hand it anything: what has no `=` is shown as a key without a value. osquery shows
        // it as both, and nothing that follows an empty entry.
        const whole = equals < 0 ? { key: entry, value: '' } : splitAt(entry, equals);
        const key = shortened(whole.key, keyMax_bytes);
        const value = shortened(whole.value, valueMax_bytes);
        if (key !== whole.key || value !== whole.value)
          query.warn(`a variable of process ${pid} is too long and was cut`);
        yield { pid: Number(pid), key, value };
      }
    }
  },
});

/** Longer ones are a stranger's, who may have hundreds: see `shortened`. */
const keyMax_bytes = 32 * 1024;
const valueMax_bytes = 192 * 1024;

const splitAt = (entry: string, equals: number): { readonly key: string; readonly value: string } => ({
  key: entry.slice(0, equals),
  value: entry.slice(equals + 1),
});

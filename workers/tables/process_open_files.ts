import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { processIds } from '../host/process-ids.ts';

/** Descriptors that stand for no path. osquery leaves out whatever has such a word anywhere in its path. */
const pathless = /^(socket|anon_inode|pipe):/;

export const processOpenFiles: Table = defineTable({
  name: 'process_open_files',
  description: 'Files that processes hold open.',
  example:
    "SELECT p.name, f.path FROM process_open_files f JOIN processes p USING (pid) WHERE f.path LIKE '%(deleted)';",
  columns: {
    pid: bigint({ index: true }),
    fd: bigint(),
    path: text(),
  },
  *generate(query) {
    for (const pid of processIds(query)) {
      for (const { fd, target } of query.files.descriptors(pid) ?? []) {
        if (!pathless.test(target)) yield { pid: Number(pid), fd, path: target };
      }
    }
  },
});

import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { processIds } from '../host/process-ids.ts';

const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const;

export const processNamespaces: Table = defineTable({
  name: 'process_namespaces',
  description: 'Namespaces that processes live in, by their inode numbers.',
  example: 'SELECT pid, net_namespace FROM process_namespaces WHERE pid IN (1, 2);',
  columns: {
    pid: integer({ index: true, optimized: true }),
    cgroup_namespace: text(),
    ipc_namespace: text(),
    mnt_namespace: text(),
    net_namespace: text(),
    pid_namespace: text(),
    user_namespace: text(),
    uts_namespace: text(),
  },
  *generate(query) {
    const used = kinds.filter((kind) => query.uses(`${kind}_namespace`));
    for (const pid of processIds(query)) {
      const cells = used.map((kind) => {
        const link = query.files.readLink(`/proc/${pid}/ns/${kind}`);
        return [`${kind}_namespace`, inodeOf(link)] as const;
      });
      // Links of other users' processes are denied, a kernel may lack a kind; only a process that is gone has no row.
      const seen = cells.some(([, inode]) => inode !== undefined);
      if (seen || query.files.stat(`/proc/${pid}`) !== undefined)
        yield { pid: Number(pid), ...Object.fromEntries(cells) };
    }
  },
});

/** The number in a link such as `mnt:[4026531841]` (namespaces(7)). */
const inodeOf = (link: string | undefined): string | undefined => /^[a-z]+:\[(\d+)\]$/.exec(link ?? '')?.[1];

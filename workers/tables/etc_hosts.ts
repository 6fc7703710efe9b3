import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { parseEtcHosts } from '../parsers/etc-hosts.ts';

/** As for the C library `#` begins a comment anywhere; osquery takes one within a word for a part of the name. */
export const etcHosts: Table = defineTable({
  name: 'etc_hosts',
  description: 'Entries of /etc/hosts.',
  example: "SELECT address, hostnames FROM etc_hosts WHERE address NOT LIKE '127.%';",
  cacheable: true,
  aliases: ['hosts'],
  columns: {
    address: text(),
    hostnames: text(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    for (const { pid, files } of namespaceRoots(query)) {
      for (const { address, names } of parseEtcHosts(files.readText('/etc/hosts') ?? ''))
        yield { address, hostnames: names.join(' '), pid_with_namespace: pid };
    }
  },
});

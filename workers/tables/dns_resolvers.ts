import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { parseResolvConf } from '../parsers/resolv-conf.ts';

/**
 * Where this tells what osquery gets wrong: a name server of IPv6 has its address (osquery: none), each entry of the search
 * list is shown (the first, over and over), and an entry of the sort list has its address and a dotted mask (no address, and
 * the mask as a number in the machine's byte order). The environment's LOCALDOMAIN and RES_OPTIONS, which for osquery is
 * its own, counts for nothing.
 */
export const dnsResolvers: Table = defineTable({
  name: 'dns_resolvers',
  description: 'Name servers, sort list and search list of the resolver, from /etc/resolv.conf.',
  columns: {
    id: integer(),
    type: text(),
    address: text(),
    netmask: text(),
    options: bigint(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    for (const { pid, files } of namespaceRoots(query)) {
      const content = files.readText('/etc/resolv.conf');
      // Without a file the resolver still asks somebody, but a process that is gone has no resolver.
      if (content === undefined && files.stat('/') === undefined) continue;
      const hostname = files.readText('/proc/sys/kernel/hostname')?.trim() ?? '';
      const { nameservers, sortlist, search, options } = parseResolvConf(content ?? '', hostname);
      const shared = { options, pid_with_namespace: pid };
      for (const [id, address] of nameservers.entries())
        yield { id, type: 'nameserver', address, netmask: '32', ...shared };
      for (const [id, { address, mask }] of sortlist.entries())
        yield { id, type: 'sortlist', address, netmask: mask, ...shared };
      for (const [id, address] of search.entries()) yield { id, type: 'search', address, ...shared };
    }
  },
});

import { defineTable, type Table, text } from '../../protocol/table.ts';

/** ATF_COM | ATF_PERM (linux/if_arp.h): complete, and entered by hand. */
const permanentFlags = '0x6';

export const arpCache: Table = defineTable({
  name: 'arp_cache',
  description: 'Hardware addresses of neighbours, as the kernel remembers them.',
  example: 'SELECT address, mac, interface FROM arp_cache WHERE permanent = 0;',
  columns: {
    address: text(),
    mac: text({ collate: 'NOCASE' }),
    interface: text(),
    permanent: text(),
  },
  *generate(query) {
    // After a heading: address, hardware type, flags, hardware address, mask, device (proc(5), /proc/net/arp).
    for (const line of (query.files.readText('/proc/net/arp') ?? '').split('\n').slice(1)) {
      const [address, , flags, mac, , device] = line.trim().split(/\s+/);
      if (device === undefined) continue;
      yield { address, mac, interface: device, permanent: flags === permanentFlags ? '1' : '0' };
    }
  },
});

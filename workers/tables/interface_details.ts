import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { busInfo, interfaceAttribute, interfaceNames, reportedFlags } from '../host/interfaces.ts';
import { parseNetDev } from '../parsers/net-dev.ts';

/**
 * Where this differs from osquery: counters are the kernel's own, which osquery cuts to 32 bits; so does it cut `type`
 * to 8, so that loopback (772) is 4 there. In `pci_slot` of a virtual interface it shows what the driver puts there,
 * which is nothing, as here, but `N/A` for a bridge and `tun` or `tap` for those.
 */
export const interfaceDetails: Table = defineTable({
  name: 'interface_details',
  description: 'Network interfaces with their hardware and counters. Counters are 64 bits wide.',
  example: 'SELECT interface, mac, mtu, ibytes, obytes FROM interface_details;',
  columns: {
    interface: text(),
    mac: text({ collate: 'NOCASE' }),
    type: integer(),
    mtu: integer(),
    metric: integer(),
    flags: integer(),
    ipackets: bigint(),
    opackets: bigint(),
    ibytes: bigint(),
    obytes: bigint(),
    ierrors: bigint(),
    oerrors: bigint(),
    idrops: bigint(),
    odrops: bigint(),
    collisions: bigint(),
    last_change: bigint(),
    link_speed: bigint(),
    pci_slot: text(),
    friendly_name: text({ hidden: true }),
    description: text({ hidden: true }),
    manufacturer: text({ hidden: true }),
    connection_id: text({ hidden: true }),
    connection_status: text({ hidden: true }),
    enabled: integer({ hidden: true }),
    physical_adapter: integer({ hidden: true }),
    speed: integer({ hidden: true }),
    service: text({ hidden: true }),
    dhcp_enabled: integer({ hidden: true }),
    dhcp_lease_expires: text({ hidden: true }),
    dhcp_lease_obtained: text({ hidden: true }),
    dhcp_server: text({ hidden: true }),
    dns_domain: text({ hidden: true }),
    dns_domain_suffix_search_order: text({ hidden: true }),
    dns_host_name: text({ hidden: true }),
    dns_server_search_order: text({ hidden: true }),
  },
  cacheable: true,
  *generate(query) {
    const { files } = query;
    const counters = query.uses(...counterColumns)
      ? parseNetDev(files.readText('/proc/net/dev') ?? '')
      : undefined;
    for (const name of interfaceNames(files)) {
      const attribute = (path: string): string | undefined => interfaceAttribute(files, name, path);
      const counted = counters?.get(name);
      yield {
        interface: name,
        mac: query.uses('mac') ? sixOctets(attribute('address') ?? '') : undefined,
        type: query.uses('type') ? wholeNumber(attribute('type')) : undefined,
        mtu: query.uses('mtu') ? wholeNumber(attribute('mtu')) : undefined,
        // Linux accepts no other (ioctl SIOCSIFMETRIC fails), and it does not record the last change.
        metric: 0,
        last_change: -1,
        flags: query.uses('flags') ? reportedFlags(files, name) : undefined,
        ipackets: counted?.received_packets,
        opackets: counted?.sent_packets,
        ibytes: counted?.received_bytes,
        obytes: counted?.sent_bytes,
        ierrors: counted?.receiveErrors,
        oerrors: counted?.sendErrors,
        idrops: query.uses('idrops') ? wholeBigint(attribute('statistics/rx_dropped')) : undefined,
        odrops: counted?.sendDropped,
        collisions: counted?.collisions,
        link_speed: query.uses('link_speed') ? linkSpeed(files, name) : undefined,
        pci_slot: query.uses('pci_slot') ? busOf(files, name) : undefined,
      };
    }
  },
});

const counterColumns = [
  'ipackets',
  'opackets',
  'ibytes',
  'obytes',
  'ierrors',
  'oerrors',
  'odrops',
  'collisions',
] as const;

/** The first six octets of a hardware address, as an ioctl gives them: shorter addresses are filled with zeros. */
const sixOctets = (address: string): string => {
  const octets = /^[0-9a-f]{2}(?::[0-9a-f]{2})*$/i.test(address) ? address.split(':') : [];
  return Array.from({ length: 6 }, (_, index) => octets[index] ?? '00').join(':');
};

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

const wholeBigint = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined;

/** Megabits a second; 0 without a speed, which the kernel words as -1 or refuses, also for an interface that is down. */
const linkSpeed = (files: HostFiles, name: string): number =>
  wholeNumber(interfaceAttribute(files, name, 'speed')) ?? 0;

/** Hardware type of the loopback interface (ARPHRD_LOOPBACK in linux/if_arp.h). */
const loopback = '772';

/** -1 where nobody answers for the interface, which is loopback; nothing for other interfaces without a card. */
const busOf = (files: HostFiles, name: string): string =>
  busInfo(files, name) ?? (interfaceAttribute(files, name, 'type') === loopback ? '-1' : '');

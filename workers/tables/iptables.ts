import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { textLines } from '../parsers/text-lines.ts';

const legacyTables = '/proc/net/ip_tables_names';

/**
 * Rules can be had from the kernel through a raw socket alone, which Node has not. That there are none is known, though:
 * the kernel lists the tables that it has.
 */
export const iptables: Table = defineTable({
  name: 'iptables',
  description: 'Rules of iptables (not of nftables); empty where the kernel has none, else reading it fails.',
  columns: {
    filter_name: text(),
    chain: text(),
    policy: text(),
    target: text(),
    protocol: integer(),
    src_port: text(),
    dst_port: text(),
    src_ip: text(),
    src_mask: text(),
    iniface: text(),
    iniface_mask: text(),
    dst_ip: text(),
    dst_mask: text(),
    outiface: text(),
    outiface_mask: text(),
    match: text(),
    packets: integer(),
    bytes: integer(),
  },
  generate: ({ files }) => {
    const names = textLines(files.readText(legacyTables) ?? '');
    if (names.length === 0) return [];
    throw new Error(
      `the kernel has rules in ${names.join(', ')} and gives them through a raw socket alone, which Node cannot open; iptables-save shows them`,
    );
  },
});

import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { interfaceNames } from '../host/interfaces.ts';

/**
 * What stands for a setting that the kernel does not have: IPv6 is off, or off for this interface. osquery takes its own -1
 * for yes there: it says that redirects are accepted.
 */
const missing = -1;

export const interfaceIpv6: Table = defineTable({
  name: 'interface_ipv6',
  description: 'IPv6 settings of network interfaces as they take effect; -1 where IPv6 is off.',
  columns: {
    interface: text(),
    hop_limit: integer(),
    forwarding_enabled: integer(),
    redirect_accept: integer(),
    rtadv_accept: integer(),
  },
  *generate(query) {
    const { files } = query;
    const setting = (scope: string, name: string): number => {
      const content = files.readText(`/proc/sys/net/ipv6/conf/${scope}/${name}`)?.trim() ?? '';
      return /^-?\d+$/.test(content) ? Number(content) : missing;
    };
    const usesForwarding = query.uses('forwarding_enabled', 'redirect_accept', 'rtadv_accept');
    const everywhere = query.uses('redirect_accept') ? setting('all', 'accept_redirects') : missing;
    for (const name of interfaceNames(files)) {
      const forwarding = usesForwarding ? setting(name, 'forwarding') : missing;
      yield {
        interface: name,
        hop_limit: query.uses('hop_limit') ? setting(name, 'hop_limit') : undefined,
        forwarding_enabled: forwarding,
        redirect_accept: query.uses('redirect_accept')
          ? redirectAccept(forwarding, everywhere, setting(name, 'accept_redirects'))
          : undefined,
        rtadv_accept: query.uses('rtadv_accept')
          ? advertisementAccept(forwarding, setting(name, 'accept_ra'))
          : undefined,
      };
    }
  },
});

/** A router needs both the common and the own setting, a host one of them. */
const redirectAccept = (forwarding: number, everywhere: number, own: number): number => {
  if (own === missing) return missing;
  return (forwarding === 0 ? everywhere !== 0 || own !== 0 : everywhere !== 0 && own !== 0) ? 1 : 0;
};

/** 1 accepts router advertisements unless the host forwards, 2 always (ip-sysctl.rst of the kernel). */
const advertisementAccept = (forwarding: number, own: number): number => {
  if (own === missing) return missing;
  return own === 2 || (own !== 0 && forwarding === 0) ? 1 : 0;
};

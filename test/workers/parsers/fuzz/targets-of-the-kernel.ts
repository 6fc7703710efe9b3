import { addressFamily } from '../../../../workers/parsers/address-family.ts';
import { parseCpuStat } from '../../../../workers/parsers/cpu-stat.ts';
import { firstProcessor, parseCpuinfo } from '../../../../workers/parsers/cpuinfo.ts';
import { parseFibTrie } from '../../../../workers/parsers/fib-trie.ts';
import { parseIfInet6 } from '../../../../workers/parsers/if-inet6.ts';
import { parseIomem } from '../../../../workers/parsers/iomem.ts';
import { parseMdstat } from '../../../../workers/parsers/mdstat.ts';
import { parseMeminfo } from '../../../../workers/parsers/meminfo.ts';
import { parseNetDev } from '../../../../workers/parsers/net-dev.ts';
import { parseProcCgroup } from '../../../../workers/parsers/proc-cgroup.ts';
import { parseProcIo } from '../../../../workers/parsers/proc-io.ts';
import { parseProcKeys } from '../../../../workers/parsers/proc-keys.ts';
import { parseProcMaps } from '../../../../workers/parsers/proc-maps.ts';
import { addressReader, procNetAddress } from '../../../../workers/parsers/proc-net-address.ts';
import { parseInetSockets } from '../../../../workers/parsers/proc-net-inet.ts';
import { parseProcNetIpv6Route } from '../../../../workers/parsers/proc-net-ipv6-route.ts';
import { parsePacketSockets } from '../../../../workers/parsers/proc-net-packet.ts';
import { parseProcNetRoute } from '../../../../workers/parsers/proc-net-route.ts';
import { parseUnixSockets } from '../../../../workers/parsers/proc-net-unix.ts';
import { parseProcPidStat } from '../../../../workers/parsers/proc-pid-stat.ts';
import { parseProcStatus } from '../../../../workers/parsers/proc-status.ts';
import { parseSysvipcShm } from '../../../../workers/parsers/sysvipc-shm.ts';
import { decodeUdev, parseUdevData } from '../../../../workers/parsers/udev-data.ts';
import { parseUevent } from '../../../../workers/parsers/uevent.ts';
import { type FuzzTarget, textTarget } from './target.ts';

const inetLists = [addressFamily.inet, addressFamily.inet6].map((family) => ({ family, protocol: 6 }));

/** Parsers of what the kernel and udev write; names in it may be anybody's. */
export const targetsOfTheKernel: readonly FuzzTarget[] = [
  textTarget('cpu-stat', ['cpu-stat'], parseCpuStat),
  textTarget('cpuinfo', ['cpuinfo'], (text) => [parseCpuinfo(text), firstProcessor(text)]),
  textTarget('fib-trie', ['fib-trie'], parseFibTrie),
  textTarget('if-inet6', ['if-inet6', 'ipv6'], parseIfInet6),
  textTarget('iomem', ['iomem'], parseIomem),
  textTarget('mdstat', ['mdstat'], parseMdstat),
  textTarget('meminfo', ['meminfo'], parseMeminfo),
  textTarget('net-dev', ['net-dev'], parseNetDev),
  textTarget('proc-cgroup', ['proc-cgroup'], parseProcCgroup),
  textTarget('proc-io', ['proc-io'], parseProcIo),
  textTarget('proc-keys', ['proc-keys'], parseProcKeys),
  textTarget('proc-maps', ['proc-maps'], parseProcMaps),
  textTarget('proc-net-address', ['proc-net-address', 'ipv4', 'ipv6'], (text) => [
    procNetAddress(text),
    text.split('\n').map(addressReader()),
  ]),
  textTarget('proc-net-inet', ['proc-net-inet', 'address-family', 'digits'], (text) =>
    inetLists.map((list) => [...parseInetSockets(text, list)]),
  ),
  textTarget('proc-net-ipv6-route', ['proc-net-ipv6-route', 'ipv6', 'route'], (text) => [
    ...parseProcNetIpv6Route(text),
  ]),
  textTarget('proc-net-packet', ['proc-net-packet'], (text) => [...parsePacketSockets(text)]),
  textTarget('proc-net-route', ['proc-net-route', 'ipv4', 'route'], (text) => [...parseProcNetRoute(text)]),
  textTarget('proc-net-unix', ['proc-net-unix'], (text) => [...parseUnixSockets(text)]),
  textTarget('proc-pid-stat', ['proc-pid-stat'], parseProcPidStat),
  textTarget('proc-status', ['proc-status'], parseProcStatus),
  textTarget('sysvipc-shm', ['sysvipc-shm'], parseSysvipcShm),
  textTarget('udev-data', ['udev-data'], (text) => [parseUdevData(text), decodeUdev(text)]),
  textTarget('uevent', ['uevent'], parseUevent),
];

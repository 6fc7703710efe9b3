import t from 'tap';
import type { HostAddress } from '../../../protocol/table.ts';
import { interfaceAddresses } from '../../../workers/tables/interface_addresses.ts';
import { fixture, scan, tree } from './run-table.ts';

const address = (address: string, netmask: string): HostAddress => ({
  address,
  netmask,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
  mac: '00:00:00:00:00:00',
  internal: false,
});

t.test('addresses: broadcast, peer and scope', async (t) => {
  const root = fixture('debian-12');
  const facts = {
    networkInterfaces: () => ({
      ens3: [
        address('192.0.2.2', '255.255.255.0'),
        address('10.0.0.1', '255.255.255.255'),
        address('10.0.0.2', '255.255.255.254'),
        address('fe80::1', 'ffff:ffff:ffff:ffff::'),
        address('2001:db8::1', 'ffff:ffff:ffff:ffff::'),
      ],
      'ens3:1': [address('192.0.2.130', '255.255.255.128')],
      lo: [address('127.0.0.1', '255.0.0.0')],
      gone0: [address('198.51.100.1', '255.255.255.0')],
    }),
  };
  t.strictSame(
    scan(interfaceAddresses, { root, facts }).rows.map((row) => [
      row.interface,
      row.address,
      row.broadcast,
      row.point_to_point,
    ]),
    [
      ['ens3', '192.0.2.2', '192.0.2.255', undefined],
      ['ens3', '10.0.0.1', '10.0.0.1', undefined],
      ['ens3', '10.0.0.2', '10.0.0.2', undefined],
      ['ens3', 'fe80::1%ens3', undefined, undefined],
      ['ens3', '2001:db8::1', undefined, undefined],
      ['ens3:1', '192.0.2.130', '192.0.2.255', undefined],
      ['lo', '127.0.0.1', undefined, '127.0.0.1'],
      ['gone0', '198.51.100.1', undefined, undefined],
    ],
  );
  // Of an interface without addresses it must be known whether it is up without a carrier.
  t.strictSame(scan(interfaceAddresses, { root, facts, columns: ['address'] }).opened, [
    '/sys/class/net',
    '/sys/class/net/enp2s0/flags',
    '/sys/class/net/tun0/flags',
    '/sys/class/net/tun0/operstate',
  ]);
});

t.test('addresses of an interface without a carrier', async (t) => {
  const link = (flags: string, operstate: string) => ({ flags: `${flags}\n`, operstate: `${operstate}\n` });
  const route = (name: string, destination: string, mask: string): string =>
    `${name}\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0\n`;
  const net = {
    route: `Iface\n${route('docker0', '000011AC', '0000FFFF')}${route('eth0', '00B011AC', '00F0FFFF')}`,
    fib_trie: [
      'Local:',
      '  +-- 0.0.0.0/0 3 0 5',
      '     |-- 172.17.0.0',
      '        /16 link UNICAST',
      '        /32 link BROADCAST',
      '     |-- 172.17.0.1',
      '        /32 host LOCAL',
      '     |-- 172.17.5.5',
      '        /32 host LOCAL',
      '     |-- 172.17.176.9',
      '        /32 host LOCAL',
      '     |-- 172.17.178.1',
      '        /32 host LOCAL',
      '     |-- 198.51.100.1',
      '        /32 host LOCAL',
      '',
    ].join('\n'),
    if_inet6: [
      '20010db8000000000000000000000001 04 40 00 80  docker0',
      'fe800000000000000000000000000001 04 40 20 c0  docker0',
      'fe800000000000000000000000000002 02 40 20 80     eth0',
      '20010db8000000000000000000000003 05 80 00 80    down0',
      '',
    ].join('\n'),
  };
  const root = tree(t, {
    proc: { net },
    sys: {
      class: {
        net: {
          docker0: link('0x1003', 'down'),
          eth0: link('0x1003', 'up'),
          down0: link('0x1002', 'down'),
        },
      },
    },
  });
  const facts = {
    networkInterfaces: () => ({
      eth0: [address('172.17.176.9', '255.255.240.0'), address('172.17.5.5', '255.255.255.255')],
    }),
  };
  t.strictSame(
    scan(interfaceAddresses, { root, facts }).rows.map((row) => [
      row.interface,
      row.address,
      row.mask,
      row.broadcast,
    ]),
    [
      ['eth0', '172.17.176.9', '255.255.240.0', '172.17.191.255'],
      ['eth0', '172.17.5.5', '255.255.255.255', '172.17.5.5'],
      ['docker0', '172.17.0.1', '255.255.0.0', '172.17.255.255'],
      ['docker0', '2001:db8::1', 'ffff:ffff:ffff:ffff::', undefined],
      ['docker0', 'fe80::1%docker0', 'ffff:ffff:ffff:ffff::', undefined],
    ],
  );
});

t.test('the peer of a link', async (t) => {
  const route = (name: string, destination: string): string =>
    `${name}\t${destination}\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n`;
  const wireguard = { flags: '0x10d1\n', uevent: 'DEVTYPE=wireguard\nINTERFACE=wg0\nIFINDEX=5\n' };
  const root = tree(t, {
    proc: {
      net: {
        route: `Iface\n${[
          route('ppp0', '0200060A'),
          route('wg0', '0300060A'),
          route('tun0', '0400060A'),
          route('tun0', '0500060A'),
          route('lo', '0600060A'),
        ].join('')}`,
      },
    },
    sys: {
      class: {
        net: {
          ppp0: { flags: '0x10d1\n', uevent: 'INTERFACE=ppp0\n' },
          tun0: { flags: '0x10d1\n' },
          wg0: wireguard,
          lo: { flags: '0x9\n' },
        },
      },
    },
  });
  const one = [address('10.6.0.1', '255.255.255.255')];
  const facts = { networkInterfaces: () => ({ ppp0: one, wg0: one, tun0: one, lo: one }) };
  const { rows } = scan(interfaceAddresses, { root, facts });
  t.strictSame(
    rows.map((row) => [row.interface, row.point_to_point]),
    [
      ['ppp0', '10.6.0.2'],
      ['wg0', '10.6.0.1'],
      ['tun0', '10.6.0.1'],
      ['lo', '10.6.0.1'],
    ],
    'of several routes none is known to be the peer’s',
  );
});

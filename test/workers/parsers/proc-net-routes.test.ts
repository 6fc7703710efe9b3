import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseFibTrie } from '../../../workers/parsers/fib-trie.ts';
import { parseIfInet6 } from '../../../workers/parsers/if-inet6.ts';
import { parseProcNetIpv6Route } from '../../../workers/parsers/proc-net-ipv6-route.ts';
import { parseProcNetRoute } from '../../../workers/parsers/proc-net-route.ts';

const heading =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n';
const end = `${' '.repeat(81)}\n`;
const defaultRoute = `eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0${end}`;

t.test('IPv4 routes', async (t) => {
  const content =
    heading +
    defaultRoute +
    `eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0${end}` +
    // A host route with an advertised segment size, refusals, a gateway with an IPv6 address, the highest metric.
    `d0\t0100150A\t0100090A\t0007\t0\t0\t0\tFFFFFFFF\t1340\t0\t0${end}` +
    `*\t0000160A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0${end}` +
    `*\t0000170A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0${end}` +
    `d0\t0000180A\t00000000\t0003\t0\t0\t4294967295\t0000FEFF\t0\t0\t0${end}`;
  t.strictSame([...parseProcNetRoute(content)].map(Object.values), [
    ['0.0.0.0', 0, '192.0.2.1', 'eth0', 100, 'gateway'],
    ['192.0.2.0', 24, '', 'eth0', 0, 'gateway'],
    ['10.21.0.1', 32, '10.9.0.1', 'd0', 0, 'gateway'],
    ['10.22.0.0', 16, '', '', 0, 'other'],
    ['10.23.0.0', 16, '', '', 0, 'other'],
    ['10.24.0.0', 15, '', 'd0', 4294967295, 'gateway'],
  ]);
});

t.test('no IPv4 routes, malformed and cut lines', async (t) => {
  for (const content of ['', '\n', heading, 'nonsense\n', defaultRoute.replaceAll('\t', ' ')]) {
    t.strictSame([...parseProcNetRoute(content)], []);
  }
  t.equal([...parseProcNetRoute(`${heading}nonsense\n\n${defaultRoute}eth0\t0000\n`)].length, 1);
  for (let length = 0; length < defaultRoute.length; length += 1) {
    t.equal([...parseProcNetRoute(defaultRoute + defaultRoute.slice(0, length))].length, 1, `${length}`);
  }
  t.equal([...parseProcNetRoute(heading + defaultRoute.repeat(100_000))].length, 100_000);
});

const none = '0'.repeat(32);
const line6 = (destination: string, nextHop: string, metric: string, flags: string, device: string): string =>
  `${destination} ${none} 00 ${nextHop} ${metric} 00000001 00000000 ${flags} ${device.padStart(8)}\n`;
const connected = line6('20010db8000900000000000000000000 40', none, '00000100', '00000001', 'd0');

t.test('IPv6 routes', async (t) => {
  const content =
    connected +
    line6(`${none} 00`, '20010db8000900000000000000000001', '00000400', '00000003', 'a-name-of-15-ch') +
    line6('00000000000000000000000000000001 80', none, '00000000', '80200001', 'lo') +
    line6('20010db8000900000000000000000000 80', none, '00000000', '00300001', 'd0') +
    line6('20010db8002200000000000000000000 30', none, '00000400', '00200200', 'lo') +
    line6('ff000000000000000000000000000000 08', none, '00000100', '00000001', 'd0');
  t.strictSame([...parseProcNetIpv6Route(content)].map(Object.values), [
    ['2001:db8:9::', 64, '', 'd0', 256, 'gateway'],
    ['::', 0, '2001:db8:9::1', 'a-name-of-15-ch', 1024, 'gateway'],
    ['::1', 128, '', 'lo', 0, 'local'],
    ['2001:db8:9::', 128, '', 'd0', 0, 'anycast'],
    ['2001:db8:22::', 48, '', 'lo', 1024, 'other'],
    ['ff00::', 8, '', 'd0', 256, 'other'],
  ]);
});

t.test('cached routes and the end of a table are no routes', async (t) => {
  const cached = line6('20010db8000900000000000000000005 80', none, '00000000', '01000003', 'd0');
  const tableEnd = line6(`${none} 00`, none, 'ffffffff', '00200200', 'lo');
  t.strictSame([...parseProcNetIpv6Route(cached + tableEnd + connected)].length, 1);
});

t.test('no IPv6 routes, malformed and cut lines', async (t) => {
  for (const content of ['', '\n', 'nonsense\n', connected.slice(1), connected.replaceAll(' ', '\t')]) {
    t.strictSame([...parseProcNetIpv6Route(content)], []);
  }
  for (let length = 0; length < connected.length; length += 1) {
    t.equal([...parseProcNetIpv6Route(connected + connected.slice(0, length))].length, 1, `${length}`);
  }
  t.equal([...parseProcNetIpv6Route(connected.repeat(100_000))].length, 100_000);
});

const corpus = (path: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/corpus', path), 'utf8');
const trie = corpus('fib-trie/whole-local');

t.test('the IPv4 routes of the host itself, each once', async (t) => {
  t.strictSame(parseFibTrie(trie).map(Object.values), [
    ['10.0.2.0', 32, 'broadcast'],
    ['10.0.2.15', 32, 'local'],
    ['10.0.2.255', 32, 'broadcast'],
    ['127.0.0.0', 8, 'local'],
    ['127.0.0.1', 32, 'local'],
  ]);
});

t.test('no trie, a malformed and a cut one', async (t) => {
  const leaf = '     |-- 10.0.2.15\n        /32 host LOCAL\n';
  for (const content of ['', 'Main:\n', leaf.replace('\n', '\r\n'), leaf.replace('|--', '+--')])
    t.strictSame(parseFibTrie(content), []);
  t.strictSame(parseFibTrie(leaf.replace('/32', '/33')), []);
  for (let length = 0; length < leaf.length; length += 1)
    t.equal(parseFibTrie(leaf + leaf.slice(0, length)).length, 1, `${length}`);
  t.equal(parseFibTrie(leaf.repeat(100_000)).length, 1);
  t.strictSame(parseFibTrie(`     |-- 10.0.2.15\n${' '.repeat(1_000_000)}`), []);
});

t.test('IPv6 addresses of interfaces', async (t) => {
  const list = corpus('if-inet6/whole-two-interfaces');
  t.strictSame(parseIfInet6(list).map(Object.values), [
    ['lo', '::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['eth0', '2001:db8:1::15', 'ffff:ffff:ffff:ffff::'],
    ['eth0', 'fe80::5054:ff:fe12:3456', 'ffff:ffff:ffff:ffff::'],
    ['a-name-of-15-ch', '2001:db8:ffff::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe'],
  ]);
  const [line = ''] = list.split('\n');
  t.match(parseIfInet6(line.replace(' 80 ', ' 00 ')), [{ netmask: '::' }]);
  for (const content of ['', '\n', line.slice(1), line.replace(' 80 ', ' 81 '), line.slice(0, 46)])
    t.strictSame(parseIfInet6(content), [], content);
});

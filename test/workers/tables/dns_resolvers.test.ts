import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parseResolvConf, type ResolverSettings } from '../../../workers/parsers/resolv-conf.ts';
import { dnsResolvers } from '../../../workers/tables/dns_resolvers.ts';
import { scan, tree } from './run-table.ts';

const usual = 0x2c1;

t.test('servers, search list, sort list and options', async (t) => {
  const content = [
    '# resolved',
    'nameserver 127.0.0.53',
    'nameserver\t2001:db8::1',
    '; a comment',
    ' nameserver 10.9.9.9',
    'nameserver 10.0.0.1',
    'nameserver 10.0.0.2',
    'domain example.org',
    'search a.example b.example',
    'sortlist 130.155.160.0/255.255.240.0 130.155.0.0 10.0.0.0 ::1',
    'options edns0 trust-ad ndots:2 unheard-of',
    'options rotate',
  ].join('\n');
  const root = tree(t, { etc: { 'resolv.conf': content } });
  const { rows } = scan(dnsResolvers, { root });
  t.ok(rows.every(({ options }) => options === (usual | 0x100000 | 0x4000000 | 0x4000)));
  t.strictSame(
    rows.map(({ id, type, address, netmask }) => [id, type, address, netmask]),
    [
      [0, 'nameserver', '127.0.0.53', '32'],
      [1, 'nameserver', '2001:db8::1', '32'],
      [2, 'nameserver', '10.0.0.1', '32'],
      [0, 'sortlist', '130.155.160.0', '255.255.240.0'],
      [1, 'sortlist', '130.155.0.0', '255.255.0.0'],
      [2, 'sortlist', '10.0.0.0', '255.0.0.0'],
      [0, 'search', 'a.example', undefined],
      [1, 'search', 'b.example', undefined],
    ],
  );
});

t.test('what the resolver does without a file, and in a process that is gone', async (t) => {
  const root = tree(t, { proc: { sys: { kernel: { hostname: 'web.example.org\n' } } } });
  const { rows } = scan(dnsResolvers, { root });
  t.strictSame(
    rows.map(({ type, address }) => [type, address]),
    [
      ['nameserver', '127.0.0.1'],
      ['search', 'example.org'],
    ],
  );
  t.strictSame(scan(dnsResolvers, { root, equals: { pid_with_namespace: ['7'] } }).rows, []);
});

t.test('empty, torn, CRLF, bytes that are no text, huge', async (t) => {
  const servers = (content: string): readonly string[] => parseResolvConf(content, 'h').nameservers;
  for (const none of ['', 'nameserver', 'nameserver\r\n', 'nameservers 1.2.3.4', '\0\ufffd', 'x'.repeat(1e6)])
    t.strictSame(servers(none), ['127.0.0.1'], none.slice(0, 20));
  t.strictSame(servers('nameserver 1.2.3.4\r\n'), ['127.0.0.1']);
  t.strictSame(servers('nameserver 1.2.3.4 \r\n'), ['1.2.3.4']);
  t.equal(parseResolvConf('options constructor __proto__ toString', 'h').options, usual);
  t.equal(parseResolvConf(`search ${'a '.repeat(100_000)}`, 'h').search.length, 6);
});

// Reads `struct __res_state` (resolv.h of glibc, 64 bits): options at 8, servers at 16, search list at 72, sort list at
// 392; a server of IPv6 has no family in its place, and an address of its own further on.
const program = `
import ctypes, json, os, socket, struct, sys
lib = ctypes.CDLL('libresolv.so.2')
lib.__res_state.restype = ctypes.c_void_p
lib.__res_init()
state = ctypes.string_at(lib.__res_state(), 600)
def ipv4(at): return socket.inet_ntop(socket.AF_INET, state[at:at + 4])
def ipv6(address): return socket.inet_ntop(socket.AF_INET6, ctypes.string_at(address, 28)[8:24])
def server(n):
    if struct.unpack_from('H', state, 20 + 16 * n)[0] == socket.AF_INET: return ipv4(24 + 16 * n)
    return ipv6(struct.unpack_from('Q', state, 536 + 8 * n)[0])
search = [ctypes.string_at(at).decode() for at in struct.unpack_from('6Q', state, 72) if at]
print(json.dumps({
    'nameservers': [server(n) for n in range(struct.unpack_from('i', state, 16)[0])],
    'search': search,
    'sortlist': [{'address': ipv4(396 + 8 * n), 'mask': ipv4(400 + 8 * n)} for n in range(state[392] >> 4)],
    'options': struct.unpack_from('Q', state, 8)[0],
}))
`;
const { LOCALDOMAIN: _, RES_OPTIONS: __, ...env } = process.env;
const python = spawnSync('python3', ['-c', program], { encoding: 'utf8', env });

t.test('agrees with libresolv', { skip: python.status !== 0 && 'needs python3 and glibc' }, async (t) => {
  const { rows } = scan(dnsResolvers, { root: '/' });
  const told: ResolverSettings = JSON.parse(python.stdout);
  const shown = (type: string): unknown[] =>
    rows.filter((row) => row.type === type).map(({ address }) => String(address).split('%', 1)[0]);
  t.equal(rows[0]?.options, told.options, hostname());
  t.strictSame(shown('nameserver'), told.nameservers);
  t.strictSame(shown('search'), told.search);
});

const files: readonly string[] = [
  'nameserver abc\nnameserver 1.2.3.4;x\nnameserver 1.2.3.5#y\nnameserver 1.2\nnameserver 1.2.3.256\n',
  'nameserver 0x7f000001\nnameserver 010.1.1.1\nnameserver 4294967295\nnameserver 9.9.9.9\n',
  'nameserver ::1\nnameserver   1.1.1.1 2.2.2.2\nnameserver ::ffff:1.2.3.4\n',
  'nameserver 1.2.3.4\r\nsearch a\r\noptions edns0\r\n',
  ' nameserver 1.2.3.4\nnameserver\nnameserver 4.3.2.1',
  'search a b\tc d e f g h\n',
  'search a\nsearch \n',
  'domain a b\n',
  'search a\ndomain b\ndomain\n',
  'search a;b c#d\n',
  'options ndots:3 inet6 no_tld_query ip6-dotint debug no-check-names\n#options rotate\n;options rotate\n',
  'options rotate,edns0\noptions\tedns0x\n',
  'options single-request\noptions use-vc trust-ad no-reload\n',
  'options single-request-reopen no-tld-query\n',
  'sortlist 1.2.3.4/255.0.0.0 10.0.0.1&255.255.0.0 192.1.2.3 224.1.1.1 a\n',
  'sortlist 1.1.1.1;2.2.2.2\nsortlist 300.1.1.1 1.2.3.4/abc\n',
  'sortlist 0x0a000001/8 010.0.0.0 1.1.1.1/255.0 2.2.2.2/ 172.16.0.0\n',
  `sortlist${Array.from({ length: 12 }, (_, index) => ` 10.0.${index}.0/255.255.255.0`).join('')}\n`,
  `${'x'.repeat(3000)}\nnameserver 1.2.3.4\n`,
];
const mount = ['-m', 'sh', '-c', 'mount --bind "$1" /etc/resolv.conf && exec python3 -c "$2"', 'sh'];
const canMount = spawnSync('unshare', [...mount, '/dev/null', 'print()'], { env }).status === 0;
const skip = (python.status !== 0 || !canMount) && 'needs python3, glibc and root';

t.test('agrees with libresolv about files of every kind', { skip }, async (t) => {
  for (const content of files) {
    const file = join(t.testdir({ 'resolv.conf': content }), 'resolv.conf');
    const told = spawnSync('unshare', [...mount, file, program], { encoding: 'utf8', env });
    t.strictSame(parseResolvConf(content, hostname()), JSON.parse(told.stdout), content.slice(-60));
  }
});

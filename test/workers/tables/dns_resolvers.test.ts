import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import t from 'tap';
import { parseResolvConf } from '../../../workers/parsers/resolv-conf.ts';
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
  t.strictSame(servers('nameserver 1.2.3.4\r\n'), ['1.2.3.4']);
  t.equal(parseResolvConf('options constructor __proto__ toString', 'h').options, usual);
  t.equal(parseResolvConf(`search ${'a '.repeat(100_000)}`, 'h').search.length, 6);
});

// `struct __res_state` begins with two int; then come the options, as unsigned long.
const program = `
import ctypes
lib = ctypes.CDLL('libresolv.so.2')
lib.__res_state.restype = ctypes.c_void_p
lib.__res_init()
state = lib.__res_state()
print(ctypes.c_ulong.from_address(state + 8).value, ctypes.c_int.from_address(state + 16).value)
`;
const { LOCALDOMAIN: _, RES_OPTIONS: __, ...env } = process.env;
const python = spawnSync('python3', ['-c', program], { encoding: 'utf8', env });
t.test('agrees with libresolv', { skip: python.status !== 0 && 'needs python3 and glibc' }, async (t) => {
  const { rows } = scan(dnsResolvers, { root: '/' });
  const servers = rows.filter(({ type }) => type === 'nameserver');
  t.equal(`${rows[0]?.options} ${servers.length}`, python.stdout.trim(), hostname());
});

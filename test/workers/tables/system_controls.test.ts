import { spawnSync } from 'node:child_process';
import t from 'tap';
import { parseSysctlConf } from '../../../workers/parsers/sysctl-conf.ts';
import { systemControls } from '../../../workers/tables/system_controls.ts';
import { scan, tree } from './run-table.ts';

const host = {
  proc: {
    sys: {
      kernel: { ostype: 'Linux\n', printk: '4\t4\t1\t7\n' },
      net: { ipv4: { ip_forward: '1\n', conf: { 'eth0.7': { forwarding: '0\n' } } } },
    },
  },
  etc: {
    'sysctl.conf': 'net.ipv4.ip_forward = 0\n',
    'sysctl.d': { '10-a.conf': 'kernel.printk=3\n', '20-b.conf': '# masked below\n' },
  },
  usr: { lib: { 'sysctl.d': { '20-b.conf': 'kernel.printk=9\n', '05-z.conf': 'net/ipv4/ip_forward=1\n' } } },
};

t.test('values of the kernel and of the files', async (t) => {
  const root = tree(t, host);
  const rows = (equals: Record<string, string[]> = {}): unknown[] =>
    scan(systemControls, { root, equals }).rows.map((row) => [row.name, row.current_value, row.config_value]);
  const kernel = [
    ['kernel.ostype', 'Linux', undefined],
    ['kernel.printk', '4\t4\t1\t7', '3'],
  ];
  const forward = ['net.ipv4.ip_forward', '1', '0'];
  const vlan = ['net.ipv4.conf.eth0.7.forwarding', '0', undefined];
  t.strictSame(
    new Set(rows().map((row) => JSON.stringify(row))),
    new Set([...kernel, forward, vlan].map((row) => JSON.stringify(row))),
  );
  t.strictSame(rows({ subsystem: ['kernel'] }).toSorted(), kernel);
  t.strictSame(rows({ name: ['net.ipv4.ip_forward'] }), [forward]);
  t.strictSame(rows({ name: ['net.ipv4.conf.eth0.7.forwarding'] }), [vlan], 'a part with a dot');
  t.strictSame(rows({ name: ['../../etc/passwd'] }), []);
  t.strictSame(rows({ name: ['net.ipv4'] }), [], 'a directory is no parameter');
  t.strictSame(rows({ oid: ['4.30.41.1'] }), [], 'no parameter has a number any more');
});

t.test('only what is asked for is opened', async (t) => {
  const root = tree(t, host);
  const opened = (columns: string[], equals: Record<string, string[]>): readonly string[] =>
    scan(systemControls, { root, columns, equals }).opened;
  t.strictSame(opened(['name', 'current_value'], { name: ['kernel.ostype'] }), [
    '/proc/sys/kernel/ostype',
    '/proc/sys/kernel/ostype',
  ]);
  t.strictSame(opened(['name'], { subsystem: ['kernel'] }), ['/proc/sys', '/proc/sys/kernel']);
});

t.test('settings that are empty, torn, of CRLF, no text, huge', async (t) => {
  const parse = (content: string): unknown[] => [...parseSysctlConf(content)];
  for (const none of ['', '=', 'x', '# a=b', '; a=b', ' = 1', '-=1', '\0\ufffd', ' '.repeat(1e6)])
    t.strictSame(parse(none), [], none.slice(0, 20));
  t.strictSame(parse('-a.b = 1\r\na/c=x = y\na.b=2'), [
    ['a.b', '2'],
    ['a.c', 'x = y'],
  ]);
  t.equal(parse(`${'a'.repeat(1e6)} = 1\n${'b=1\n'.repeat(100_000)}`).length, 2);
});

const names = [
  'kernel.ostype',
  'kernel.pid_max',
  'fs.file-max',
  'vm.swappiness',
  'net.ipv4.ip_local_port_range',
];
const sysctl = spawnSync('sysctl', names, {
  encoding: 'utf8',
  env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
});
t.test('agrees with sysctl', { skip: sysctl.status !== 0 && 'needs sysctl (procps)' }, async (t) => {
  const rows = scan(systemControls, { root: '/', equals: { name: names } }).rows;
  t.strictSame(
    rows.map(({ name, current_value }) => `${name} = ${current_value}`),
    sysctl.stdout.trim().split('\n'),
  );
});
